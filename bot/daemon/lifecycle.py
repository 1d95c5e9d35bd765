"""Runs the daemon from start to stop: signals, web pages, the service manager, reloads and restarts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog

from bot.config import Config
from bot.core.errors import ConfigError, StoreError, UserError
from bot.daemon.app import App
from bot.daemon.scheduler import Scheduler
from bot.daemon.signals import Signals
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
    from bot.web.server_thread import WebServer

log = structlog.get_logger(__name__)


def run_daemon(
    config: Config,
    signals: Signals,
    reload: Callable[[], Config],
    make_app: Callable[[Config], App],
    notifier: Notifier = NO_NOTIFIER,
) -> bool:
    """Run the daemon until a signal stops it; return whether all running work ended in time.

    SIGHUP reloads the config. If that has errors, the daemon continues with the old one.
    """
    limit_malloc_arenas()
    created: App | None = make_app(config)
    while created is not None:
        with created as app, serve_pages(app), notify_service_manager(app, notifier):
            scheduler = Scheduler(app.jobs(), app.tuning.clock, app.health)
            scheduler.start()
            log.info("running", accounts=len(app.platforms), sources=len(config.sources()))
            watchdog = Watchdog(app.health, scheduler, app.on_clock_jump, clock=app.tuning.clock)
            new_config = _wait_for_signal(signals, reload, config, watchdog)
            notifier.stopping() if new_config is None else notifier.reloading()
            finished = scheduler.stop(app.interrupt)
        if new_config is None:
            log.info("stopped", finished=finished)
            return finished
        if new_config is not config:
            log.info("the new config is in effect")
        config = new_config
        created = _restart(make_app, config, signals)
    return True


@contextmanager
def serve_pages(app: App) -> Iterator[None]:
    """Serve the web pages in this block if the config enables them. The daemon runs on if they fail.

    If their address cannot be used for now, the start is tried again every few seconds.
    """
    if not app.config.web.enabled:
        yield
        return
    from bot.web.server_thread import WebServer  # imported only if it is enabled

    server = WebServer(
        make_page_context(app.config, app.database, app.fetcher, app.worker_pool, app.tuning, app.health)
    )
    ended = threading.Event()
    retries = threading.Thread(target=_retry_start, args=(server, ended), name="web-start", daemon=True)
    if (error := _start(server)) is not None:
        log.error(error.message, do=error.remedy)
        retries.start()
    try:
        yield
    finally:
        ended.set()
        if retries.ident is not None:
            retries.join()
        server.stop()


def _start(server: WebServer) -> UserError | None:
    """Start to serve, or return why that is not possible."""
    try:
        server.start()
    except UserError as error:
        return error
    log.info("serving web pages", at=server.url)
    return None


def _retry_start(server: WebServer, ended: threading.Event) -> None:
    while not ended.wait(CHECK_INTERVAL) and _start(server) is not None:
        pass


@contextmanager
def notify_service_manager(app: App, notifier: Notifier) -> Iterator[None]:
    """Notify the service manager that the daemon is ready, and in this block whether it is healthy."""
    notifier.ready(f"accounts: {len(app.platforms)}, sources: {len(app.config.sources())}")
    ended = threading.Event()

    def send_heartbeats() -> None:
        while not ended.wait(notifier.watchdog_interval):
            problems = app.health.problems()
            notifier.unhealthy(" ".join(problems)) if problems else notifier.alive()

    heartbeat = threading.Thread(target=send_heartbeats, name="watchdog", daemon=True)
    if notifier.watchdog_interval:
        heartbeat.start()
    try:
        yield
    finally:
        ended.set()
        if notifier.watchdog_interval:
            heartbeat.join(5)


def make_page_context(
    config: Config,
    database: Database,
    fetcher: Fetcher,
    worker_pool: WorkerPool,
    tuning: Tuning = PRODUCTION,
    health: Health | None = None,
) -> PageContext:
    """The data and services for the web pages."""
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


def _restart(make_app: Callable[[Config], App], config: Config, signals: Signals) -> App | None:
    """Create the app again as soon as the database can be opened; None if a signal stops the daemon first."""
    reported = ""
    while not signals.stop.is_set():
        try:
            return make_app(config)
        except StoreError as error:
            if error.message != reported:
                log.error("cannot restart yet", error=error.message, do=error.remedy)
            reported = error.message
        signals.stop.wait(CHECK_INTERVAL)
    return None


def _wait_for_signal(
    signals: Signals, reload: Callable[[], Config], config: Config, watchdog: Watchdog
) -> Config | None:
    """Wait for a signal or a dead scheduler; return the config to restart with, or None to stop."""
    while True:
        if not signals.any.wait(CHECK_INTERVAL):
            if not watchdog.check():
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
                log.error("the new config has errors; the old one stays in effect", problems=str(error))
