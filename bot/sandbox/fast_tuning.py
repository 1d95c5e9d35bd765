"""The tuning of a daemon that runs against the sandbox."""

from __future__ import annotations

from datetime import timedelta

from bot.core.cluster_timing import ClusterTiming
from bot.daemon.tuning import Tuning
from bot.outbox.follow_up import CHECK_TIMES
from bot.outbox.reply_outbox import SendTiming
from bot.platforms.buckets import Limit
from bot.platforms.fixed_window import FixedWindow
from bot.platforms.piefed.rate_limits import LIMITS
from bot.platforms.rate_limits import RateLimits

IDLE_TIMEOUT = timedelta(seconds=5)
"""After this time, a PieFed for several nodes closes a connection without a request."""
_UNLIMITED = dict.fromkeys(LIMITS, Limit(100_000, 60))
"""PieFed does not publish its limits, so the adapter cannot learn that the sandbox has none."""

_CHECK_SILENT_AFTER = timedelta(seconds=2)
"""When a subscription is checked: soon, so that the end of a ban is noticed while somebody watches."""


def fast_tuning(
    allow_local: frozenset[str],
    settle_seconds: float,
    poll_seconds: float | None,
    reddit_url: str | None,
    check_seconds: list[float] | None = None,
) -> Tuning:
    """Tuning for servers on loopback, which answer within milliseconds. Times are in seconds.

    `reddit_url` is the URL of the sandbox's Reddit. `check_seconds` are the times at which sent replies
    are checked; None for those of the real daemon.
    """
    connection_settings: dict[str, dict[str, object]] = {
        "lemmy": {"check_silent_after": _CHECK_SILENT_AFTER},
        "piefed": {
            "check_silent_after": _CHECK_SILENT_AFTER,
            "rate_limits": RateLimits(_UNLIMITED, bucket_type=FixedWindow),
        },
    }
    if reddit_url is not None:
        connection_settings["reddit"] = {"base_url": reddit_url, "calls_per_minute": 100_000}
    return Tuning(
        retries=(timedelta(seconds=1),),
        allow_local=allow_local,
        connection_settings=connection_settings,
        poll_interval=timedelta(seconds=settle_seconds / 2 if poll_seconds is None else poll_seconds),
        link_checks=(timedelta(seconds=settle_seconds / 2), timedelta(seconds=settle_seconds * 2)),
        check_times=CHECK_TIMES
        if check_seconds is None
        else tuple(timedelta(seconds=each) for each in check_seconds),
        send_timing=SendTiming(
            settle=timedelta(seconds=settle_seconds),
            read_gap=timedelta(seconds=settle_seconds / 4),
            backoff=timedelta(seconds=settle_seconds / 4),
            max_sends=50,
        ),
    )


def fast_cluster(lease_seconds: float) -> ClusterTiming:
    """The times of a cluster whose leaderships are valid for this time; the others are in proportion."""
    lease = timedelta(seconds=lease_seconds)
    return ClusterTiming(
        renew=lease / 5,
        lease=lease,
        margin=lease / 5,
        sweep=lease / 5,
        poll=lease / 15,
        longest_unused_connection=IDLE_TIMEOUT + timedelta(seconds=1),
    )
