"""Updates of the software of accounts' servers."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from bot.store.text_queries import Readable, TextQuery


class SoftwareUpdate(Struct, frozen=True):
    """An update of the software of an account's server."""

    account: str
    before: str
    after: str
    seen_at: datetime


_UPDATES = TextQuery(
    "SELECT account, software_before AS before, software AS after, software_changed_at AS seen_at "
    "FROM accounts WHERE software_changed_at >= :since ORDER BY account",
    SoftwareUpdate,
    times=("seen_at",),
)


def software_updates(database: Readable, since: datetime) -> tuple[SoftwareUpdate, ...]:
    """The updates of major versions that were seen since `since`."""
    with database.text_queries() as queries:
        return tuple(queries.all(_UPDATES, since=since))
