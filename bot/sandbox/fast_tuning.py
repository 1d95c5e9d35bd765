"""Terms for a daemon on the sandbox's servers."""

from __future__ import annotations

from datetime import timedelta

from bot.daemon.tuning import Terms
from bot.outbox.reply_outbox import Timing
from bot.platforms.piefed.login import LIMITS
from bot.platforms.rate_limits import FixedWindow, Limit, Pace

_UNLIMITED = dict.fromkeys(LIMITS, Limit(100_000, 60))
"""PieFed tells its limits nowhere, so that its adapter cannot learn that the sandbox has none."""


def hurried(allow_local: frozenset[str], settle: float, poll: float | None, reddit: str | None) -> Terms:
    """Terms for servers on loopback, where an answer takes milliseconds; times in seconds.

    `reddit` is the address of the Reddit there.
    """
    there: dict[str, dict[str, object]] = {"piefed": {"pace": Pace(_UNLIMITED, kind=FixedWindow)}}
    if reddit is not None:
        there["reddit"] = {"base_url": reddit, "calls_a_minute": 100_000}
    return Terms(
        retries=(timedelta(seconds=1),),
        allow_local=allow_local,
        connections=there,
        poll_every=timedelta(seconds=settle / 2 if poll is None else poll),
        timing=Timing(
            settle=timedelta(seconds=settle),
            read_gap=timedelta(seconds=settle / 4),
            backoff=timedelta(seconds=settle / 4),
            max_sends=50,
        ),
    )
