"""Constants of the daemon that are not settings, but that tests and the sandbox replace; and the clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from msgspec import Struct, field

from bot.core.clock import utc_now
from bot.core.cluster_timing import ClusterTiming
from bot.outbox.follow_up import CHECK_TIMES
from bot.outbox.reply_outbox import SendTiming
from bot.pipeline.deferral import LINK_CHECKS


class Tuning(Struct, frozen=True):
    """Values that the operator cannot set. The sandbox uses shorter waits and allows local addresses."""

    retries: tuple[timedelta, ...] = (
        timedelta(minutes=1),
        timedelta(minutes=10),
        timedelta(hours=1),
        timedelta(hours=6),
    )
    allow_local: frozenset[str] = frozenset()
    """`127.0.0.1:PORT` pairs that pages may be fetched from."""
    connection_settings: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """Additional arguments for the adapters of a platform. Reddit's URL is here and is not a setting,
    because a config that names another host would send it the password."""
    may_change_accounts: bool = True
    """False to never change the settings of accounts, whatever the config allows."""
    poll_interval: timedelta | None = None
    send_timing: SendTiming | None = None
    link_checks: tuple[timedelta, ...] = LINK_CHECKS
    """How long after a post was found without a link it is read again."""
    check_times: tuple[timedelta, ...] = CHECK_TIMES
    """How long after sending a reply is checked."""
    settings_pages_interval: timedelta = timedelta(hours=1)
    """Between two checks of a community's settings page."""
    cluster: ClusterTiming = field(default_factory=ClusterTiming)
    clock: Callable[[], datetime] = utc_now


PRODUCTION = Tuning()
