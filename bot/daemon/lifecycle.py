"""The daemon from its start to its end: signals, pages, the service manager, and a new start of all parts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog

from bot.config import Config
from bot.core.errors import ConfigError, StoreError, UserError
from bot.daemon.app import App
from bot.daemon.scheduler import Scheduler, Signals
from bot.daemon.tuning import PRODUCTION, Tuning
from bot.daemon.watchdog import CHECK_INTERVAL, Watchdog
from bot.fetch import Fetcher
from bot.operations.health import Health
from bot.operations.malloc import limit_malloc_arenas
from bot.operations.systemd import NO_NOTIFIER, Notifier
from bot.pipeline.rule_resolver import make_rule_resolver
from bot.store import Database
from bot.workers.pool import WorkerPool

if TYPE_CHECKING:
    from bot.web.context import PageContext

log = structlog.get_logger(__name__)


def run_daemon(
    config: Config,
    signals: Signals,
    reload: Callable[[], Config],
    make_app: Callable[[Config], App],
    notifier: Notifier = NO_NOTIFIER,
) -> bool:
    """Run the daemon until it is told to stop; True when everything in hand came to its end.

    At SIGHUP the config is read again; with a mistake in it, the daemon goes on as before.
    """
    limit_malloc_arenas()
    made: App | None = make_app(config)
    while made is not None:
        with made as app, serve_pages(app), notify_service_manager(app, notifier):
            scheduler = Scheduler(app.jobs(), app.tuning.clock, app.health)
            scheduler.start()
            log.info("running", accounts=len(app.platforms), sources=len(config.sources()))
            watch = Watchdog(app.health, scheduler, app.on_clock_jump, clock=app.tuning.clock)
            fresh = _until_told(signals, reload, config, watch)
            notifier.stopping() if fresh is None else notifier.reloading()
            finished = scheduler.stop(app.interrupt)
        if fresh is None:
            log.info("stopped", finished=finished)
            return finished
        if fresh is not config:
            log.info("the new config holds")
        config = fresh
        made = _made_anew(make_app, config, signals)
    return True


@contextmanager
def serve_pages(app: App) -> Iterator[None]:
    """Serve the operator's pages in this block, where the config says so; the daemon lives without them."""
    if not app.config.web.enabled:
        yield
        return
    from bot.web.server_thread import WebServer  # nobody pays for what is switched off

    server = WebServer(
        make_page_context(app.config, app.database, app.fetcher, app.worker_pool, app.tuning, app.health)
    )
    try:
        server.start()
        log.info("pages", at=server.url)
    except UserError as error:
        log.error(error.message, do=error.remedy)
    try:
        yield
    finally:
        server.stop()


@contextmanager
def notify_service_manager(app: App, notifier: Notifier) -> Iterator[None]:
    """Tell the service manager that the daemon is ready, and in this block that it is well, while it is."""
    notifier.ready(f"accounts: {len(app.platforms)}, sources: {len(app.config.sources())}")
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(notifier.watchdog_interval):
            troubles = app.health.problems()
            notifier.unhealthy(" ".join(troubles)) if troubles else notifier.alive()

    beating = threading.Thread(target=beat, name="watchdog", daemon=True)
    if notifier.watchdog_interval:
        beating.start()
    try:
        yield
    finally:
        ended.set()
        if notifier.watchdog_interval:
            beating.join(5)


def make_page_context(
    config: Config,
    database: Database,
    fetcher: Fetcher,
    worker_pool: WorkerPool,
    tuning: Tuning = PRODUCTION,
    health: Health | None = None,
) -> PageContext:
    """What the pages show and use."""
    from bot.web.context import PageContext

    return PageContext(
        config=config,
        database=database,
        clock=tuning.clock,
        fetch=fetcher.fetch,
        digest=worker_pool.digest,
        effective_rules=make_rule_resolver(config, database).effective_rules,
        health=health,
    )


def _made_anew(make_app: Callable[[Config], App], config: Config, signals: Signals) -> App | None:
    """The parts once more, as soon as the database lets itself be opened; None when told to stop before."""
    while not signals.stop.is_set():
        try:
            return make_app(config)
        except StoreError as error:
            log.error("cannot go on yet", error=error.message, do=error.remedy)
        signals.stop.wait(CHECK_INTERVAL)
    return None


def _until_told(
    signals: Signals, reload: Callable[[], Config], config: Config, watch: Watchdog
) -> Config | None:
    """Wait for a signal: a config to run on (the same when the parts have to start anew), None to stop."""
    while True:
        if not signals.any.wait(CHECK_INTERVAL):
            if not watch.check():
                return config
            continue
        signals.any.clear()
        if signals.stop.is_set():
            return None
        if signals.reload.is_set():
            signals.reload.clear()
            try:
                return reload()
            except ConfigError as error:
                log.error("the new config has mistakes; the old one still holds", problems=str(error))
