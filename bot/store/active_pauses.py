"""The pauses that are in effect, of accounts and of communities."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from bot.store.settings_changes import SettingsChange, SettingsChangeKind, make_change
from bot.store.text_queries import Readable, TextQuery


class Pauses(Struct, frozen=True):
    """The pauses that are in effect."""

    accounts: dict[str, datetime]
    """Since when, by the name of the account."""
    communities: tuple[SettingsChange, ...]
    """The newest pause or `leave` of each community."""


def _account_and_time(account: str, paused_at: datetime) -> tuple[str, datetime]:
    return account, paused_at


_PAUSED_ACCOUNTS = TextQuery(
    "SELECT account, paused_at FROM accounts WHERE paused_at IS NOT NULL",
    _account_and_time,
    times=("paused_at",),
)
_NEWEST_STATUS_CHANGES = TextQuery(
    "SELECT community, kind, source, author, changed_at, source_id, text, settings FROM ("
    "SELECT settings_changes.*, row_number() OVER "
    # Not by id alone: after an outage, an older message can be handled after a newer one.
    "(PARTITION BY community ORDER BY changed_at DESC, id DESC) AS age FROM settings_changes "
    "WHERE kind IN ('pause', 'resume', 'leave')) AS changes WHERE age = 1 ORDER BY community",
    make_change,
    times=("changed_at",),
    json=("settings",),
)


def read_pauses(database: Readable) -> Pauses:
    """Raises `StoreError`."""
    with database.text_queries() as queries:
        changes = queries.all(_NEWEST_STATUS_CHANGES)
        active = (change for change in changes if change.kind is not SettingsChangeKind.RESUME)
        return Pauses(dict(queries.all(_PAUSED_ACCOUNTS)), tuple(active))


def paused_accounts(database: Readable) -> dict[str, datetime]:
    """The paused accounts, and since when."""
    with database.text_queries() as queries:
        return dict(queries.all(_PAUSED_ACCOUNTS))
