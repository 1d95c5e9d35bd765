"""What no operator can set, and the time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.outbox.follow_up import CHECK_TIMES
from bot.outbox.reply_outbox import SendTiming


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Tuning:
    """What no operator can set: the sandbox is more hurried than the world, and lets itself be fetched."""

    retries: tuple[timedelta, ...] = (
        timedelta(minutes=1),
        timedelta(minutes=10),
        timedelta(hours=1),
        timedelta(hours=6),
    )
    allow_local: frozenset[str] = frozenset()
    """`127.0.0.1:PORT` pairs that pages may be fetched from."""
    connection_settings: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """What adapters of a kind are made with besides: where Reddit stands is no setting, for a settings
    file that names another host would send it the password."""
    may_change_accounts: bool = True
    """Whether settings of accounts may be changed at all, however much the config allows."""
    poll_interval: timedelta | None = None
    send_timing: SendTiming | None = None
    check_times: tuple[timedelta, ...] = CHECK_TIMES
    """How long after they were sent replies are looked at again."""
    settings_pages_interval: timedelta = timedelta(hours=1)
    """Between two looks at a community's rules page."""
    clock: Callable[[], datetime] = utc_now


PRODUCTION = Tuning()
