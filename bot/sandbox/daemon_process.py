"""The real daemon on the sandbox's terms: it may fetch from named loopback ports, and it is in a hurry.

python -m bot.sandbox.daemon_process --config FILE --allow-local 127.0.0.1:PORT [--reddit http://127.0.0.1:PORT]
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--config", type=Path, required=True)
    options.add_argument("--allow-local", action="append", default=[])
    options.add_argument("--settle", type=float, default=2.0)
    options.add_argument("--poll", type=float)
    options.add_argument("--reddit")
    chosen = options.parse_args()
    run(chosen)


def run(chosen: argparse.Namespace) -> None:
    """The daemon; what it needs is imported here, for its worker processes import this module again."""
    from bot.config import load
    from bot.daemon.app import App
    from bot.daemon.lifecycle import serve
    from bot.daemon.scheduler import Signals
    from bot.operations import log
    from bot.operations.systemd import Notifier
    from bot.sandbox.fast_tuning import hurried
    from bot.workers.confinement import keep_secrets

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
