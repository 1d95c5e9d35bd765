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


def run(options: argparse.Namespace) -> None:
    """The daemon; what it needs is imported here, for its worker processes import this module again."""
    from bot.config import load
    from bot.daemon.app import App
    from bot.daemon.lifecycle import run_daemon
    from bot.daemon.scheduler import Signals
    from bot.operations import log
    from bot.operations.systemd import Notifier
    from bot.sandbox.fast_tuning import fast_tuning
    from bot.workers.confinement import take_secrets_from_environment

    environ = take_secrets_from_environment()
    config = load(options.config, environ)
    terms = fast_tuning(frozenset(options.allow_local), options.settle, options.poll, options.reddit)
    log.configure_logging(config.log.level, "console")
    signals = Signals()
    with signals.installed():
        finished = run_daemon(
            config,
            signals,
            reload=lambda: load(options.config, environ),
            make_app=lambda fresh: App(fresh, terms),
            notifier=Notifier.from_environ(os.environ),
        )
    if not finished:
        os._exit(0)


if __name__ == "__main__":
    main()
