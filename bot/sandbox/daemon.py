"""The real daemon on the sandbox's terms: it may fetch from named loopback ports, and it is in a hurry.

python -m bot.sandbox.daemon --config FILE --allow-local 127.0.0.1:PORT [--reddit http://127.0.0.1:PORT]
"""

from __future__ import annotations

import argparse
import os
from datetime import timedelta
from pathlib import Path

from bot import log
from bot.app import App
from bot.config import load
from bot.confinement import keep_secrets
from bot.notify import Notifier
from bot.outbox import Timing
from bot.platforms.pace import FixedWindow, Limit, Pace
from bot.platforms.piefed.gate import LIMITS
from bot.scheduler import Signals
from bot.serving import serve
from bot.terms import Terms

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


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--config", type=Path, required=True)
    options.add_argument("--allow-local", action="append", default=[])
    options.add_argument("--settle", type=float, default=2.0)
    options.add_argument("--poll", type=float)
    options.add_argument("--reddit")
    chosen = options.parse_args()
    environ = keep_secrets()
    config = load(chosen.config, environ)
    terms = hurried(frozenset(chosen.allow_local), chosen.settle, chosen.poll, chosen.reddit)
    log.set_up(config.log.level, "console")
    signals = Signals()
    with signals.installed():
        finished = serve(
            config,
            signals,
            reload=lambda: load(chosen.config, environ),
            make_app=lambda fresh: App(fresh, terms),
            notifier=Notifier.of(os.environ),
        )
    if not finished:
        os._exit(0)


if __name__ == "__main__":
    main()
