"""Runs the daemon from start to stop: signals, web pages, the service manager, reloads and restarts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

import structlog

from bot.config import Config
from bot.core.errors import UserError
from bot.daemon.factories import check_confinement
from bot.daemon.scheduler import Job, Scheduler
from bot.daemon.signals import Signals
from bot.daemon.tuning import PRODUCTION, Tuning
from bot.daemon.watchdog import CHECK_INTERVAL, Watchdog
from bot.fetch import Fetcher
from bot.operations.garbage_collection import collect_as_usual
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


class Daemon(Protocol):
    """All objects of a daemon: of a single machine (`App`), or of a node of a cluster (`NodeApp`)."""

    config: Config
    tuning: Tuning
    health: Health
    database: Database
    fetcher: Fetcher
    worker_pool: WorkerPool
    state_number: Callable[[], int | None] | None
    """Another number after each change of the database; None if only its tables can tell."""

    def jobs(self) -> tuple[Job, ...]: ...

    def on_clock_jump(self, by: timedelta) -> None:
        """The wall clock was set."""
        ...

    def interrupt(self) -> bool | None:
        """Let running work end soon; False if some of it did not end."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def run_daemon(
    config: Config,
    signals: Signals,
    reload: Callable[[], Config],
    make_app: Callable[[Config], Daemon],
    notifier: Notifier = NO_NOTIFIER,
) -> bool:
    """Run the daemon until a signal stops it; return whether all running work ended in time.

    SIGHUP reloads the config. If that has errors or cannot be used, the daemon continues with the old one.
    """
    limit_malloc_arenas()
    created: Daemon | None = make_app(config)
    collect_as_usual()  # once: the objects of an app that a reload replaces are garbage
    while created is not None:
        with created as app, serve_pages(app), notify_service_manager(app, notifier):
            scheduler = Scheduler(app.jobs(), app.health, app.state_number, app.tuning.clock)
            scheduler.start()
            log.info("running", accounts=_count_accounts(config), sources=len(config.sources()))
            watchdog = Watchdog(app.health, scheduler, app.on_clock_jump, clock=app.tuning.clock)
            new_config = _wait_for_signal(signals, reload, config, watchdog)
            notifier.stopping() if new_config is None else notifier.reloading()
            finished = scheduler.stop(app.interrupt)
        if new_config is None:
            log.info("stopped", finished=finished)
            return finished
        created = _restart(make_app, reload, new_config, config, signals)
        if created is not None and created.config is not config:
            log.info("the new config is in effect")
            config = created.config
    return True


@contextmanager
def serve_pages(app: Daemon) -> Iterator[None]:
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


def _count_accounts(config: Config) -> int:
    return len(tuple(config.accounts()))


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
def notify_service_manager(app: Daemon, notifier: Notifier) -> Iterator[None]:
    """Notify the service manager that the daemon is ready, and in this block whether it is healthy."""
    notifier.ready(f"accounts: {_count_accounts(app.config)}, sources: {len(app.config.sources())}")
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
        confinement=lambda: worker_pool.confinement,
    )


def _restart(
    make_app: Callable[[Config], Daemon],
    reload: Callable[[], Config],
    config: Config,
    old_config: Config,
    signals: Signals,
) -> Daemon | None:
    """Create the app again as soon as that is possible; None if a signal stops the daemon first.

    The old config is used if the new one has an error that does not pass by itself. SIGHUP reads the
    config again in the meantime.
    """
    reported: set[str] = set()
    while True:
        signals.any.clear()  # before the events are read, so that no signal is lost
        if signals.stop.is_set():
            return None
        config = _reload(signals, reload) or config
        try:
            return make_app(config)
        except UserError as error:
            _report_once(error, "cannot restart yet", reported)
            waits = config is old_config or error.temporary
        if not waits:
            try:
                app = make_app(old_config)
            except UserError as error:
                _report_once(error, "cannot restart with the old config either", reported)
            else:
                log.error("the new config cannot be used; the old one stays in effect")
                return app
        signals.any.wait(CHECK_INTERVAL)


def _report_once(error: UserError, event: str, reported: set[str]) -> None:
    if error.message not in reported:
        log.error(event, error=error.message, do=error.remedy)
    reported.add(error.message)


def _reload(signals: Signals, reload: Callable[[], Config]) -> Config | None:
    """The new config after SIGHUP; None without the signal, or if the config has errors."""
    if not signals.reload.is_set():
        return None
    signals.reload.clear()
    try:
        new_config = reload()
        check_confinement(new_config.workers)
    except UserError as error:
        log.error("the new config has errors; the old one stays in effect", problems=str(error).splitlines())
        return None
    return new_config


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
        if (new_config := _reload(signals, reload)) is not None:
            return new_config
