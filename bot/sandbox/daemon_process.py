"""The real daemon with the sandbox's tuning: short waits, and fetches from given loopback ports are allowed.

python -m bot.sandbox.daemon_process --config FILE --allow-local 127.0.0.1:PORT [--reddit http://127.0.0.1:PORT]
"""

from __future__ import annotations

import argparse
import os
from datetime import timedelta
from pathlib import Path

from msgspec.structs import replace


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--allow-local", action="append", default=[])
    parser.add_argument("--settle", type=float, default=2.0)
    parser.add_argument("--poll", type=float)
    parser.add_argument("--reddit")
    parser.add_argument("--check", type=float, nargs="*", help="seconds after which a sent reply is checked")
    parser.add_argument("--pages", type=float, help="seconds between two checks of a settings page")
    parser.add_argument("--lease", type=float, help="seconds of a leadership without renewal, in a cluster")
    parser.add_argument("--clock", type=Path, help="a file with the seconds by which the clock is ahead")
    parser.add_argument("--log-format", choices=("console", "json"), default="console")
    run(parser.parse_args())


def run(options: argparse.Namespace) -> None:
    """Run the daemon. Imports are local because each worker process imports this module again."""
    from bot.operations import log
    from bot.operations.garbage_collection import do_not_collect_yet

    do_not_collect_yet()
    import bot.daemon.first_imports  # noqa: F401 (before the modules that use the libraries)
    from bot.config import load
    from bot.daemon.create import create_daemon
    from bot.daemon.lifecycle import run_daemon
    from bot.daemon.signals import Signals
    from bot.operations.process_secrets import take_secrets_from_environment
    from bot.operations.systemd import Notifier
    from bot.sandbox.clock import shifted_clock
    from bot.sandbox.fast_tuning import fast_cluster, fast_tuning

    environ = take_secrets_from_environment()
    config = load(options.config, environ)
    tuning = fast_tuning(
        frozenset(options.allow_local), options.settle, options.poll, options.reddit, options.check
    )
    if options.pages is not None:
        tuning = replace(tuning, settings_pages_interval=timedelta(seconds=options.pages))
    if options.lease is not None:
        tuning = replace(tuning, cluster=fast_cluster(options.lease))
    if options.clock is not None:
        tuning = replace(tuning, clock=shifted_clock(options.clock))
    log.configure_logging(config.log.level, options.log_format)
    signals = Signals()
    with signals.installed():
        finished = run_daemon(
            config,
            signals,
            reload=lambda: load(options.config, environ),
            make_app=lambda fresh: create_daemon(fresh, tuning),
            notifier=Notifier.from_environ(os.environ),
        )
    if not finished:
        os._exit(0)


if __name__ == "__main__":
    main()
