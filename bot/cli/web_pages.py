"""`precis web`: serves the status pages without a daemon. A daemon may use the same database."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from bot.config import load
from bot.core.errors import UserError
from bot.daemon.factories import make_fetcher, make_worker_pool
from bot.daemon.lifecycle import make_page_context
from bot.daemon.signals import Signals
from bot.daemon.tuning import PRODUCTION, Tuning
from bot.operations import log
from bot.operations.garbage_collection import collect_as_usual
from bot.operations.process_secrets import take_secrets_from_environment
from bot.store import Database
from bot.web.server_thread import WebServer


def serve_pages(path: Path, port: int | None, tuning: Tuning = PRODUCTION) -> None:
    """Serve until SIGINT or SIGTERM. Raises `UserError` if the config or the address is not usable."""
    config = load(path, take_secrets_from_environment())
    log.configure_logging(config.log.level, config.log.format)
    if config.web.exposed and config.web.token is None:
        raise UserError(
            f"[web] address {config.web.address} can be reached from other machines, and there is no token.",
            "Set token_file in [web], or use 127.0.0.1.",
        )
    if port is not None:
        config = config.model_copy(update={"web": config.web.model_copy(update={"port": port})})
    signals = Signals()
    with ExitStack() as stack, signals.installed():
        database = Database(config.bot.database, None)
        stack.callback(database.close)
        fetcher = make_fetcher(config, tuning)
        stack.callback(fetcher.close)
        worker_pool = make_worker_pool(config)
        worker_pool.start()
        stack.callback(worker_pool.close)
        server = WebServer(make_page_context(config, database, fetcher, worker_pool, tuning))
        stack.callback(server.stop)
        server.start()
        collect_as_usual()
        print(f"The status pages are at {server.url} (stop with Ctrl-C).", flush=True)
        signals.stop.wait()
