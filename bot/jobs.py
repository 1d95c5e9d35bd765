"""The daemon's jobs, each one bounded pass: poll, work, send, mail, care, read pages.

A pass never raises: what goes wrong is logged and kept where `precis status` shows it, and the next
pass begins where this one stopped. Passes end when nothing is due, at their deadline, or as soon as
possible once the daemon is stopping.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.aftercare import Aftercare
from bot.desk.pages import PageReader
from bot.errors import AccountError, PlatformError, StoreError
from bot.mailbox import Mailbox
from bot.models import Source
from bot.outbox import Outbox
from bot.pipeline import Services, process
from bot.platforms.base import Platform
from bot.store import Accounts, Queue, Task

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=5)
"""Longer than any post can take: fetch and worker have deadlines far below it."""


@dataclass(frozen=True, slots=True)
class Pass:
    """How long a pass may go on."""

    stopping: threading.Event
    seconds: float
    started: float

    @classmethod
    def of(cls, stopping: threading.Event, seconds: float) -> Pass:
        return cls(stopping, seconds, time.monotonic())

    def over(self) -> bool:
        return self.stopping.is_set() or time.monotonic() - self.started >= self.seconds

    def overdue(self) -> bool:
        """Whether what was begun within the pass should long have ended by itself."""
        return time.monotonic() - self.started >= 2 * self.seconds


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often an account is polled: every `interval`, and every `quiet` while nothing comes."""

    interval: timedelta
    quiet: timedelta
    quiet_after: timedelta = timedelta(minutes=10)

    @property
    def tick(self) -> timedelta:
        """How often to ask whether it is time."""
        return self.interval / 2 if self.quiet > self.interval else self.interval

    def is_due(self, now: datetime, polled_at: datetime, news_at: datetime) -> bool:
        """`news_at` is when something new was last found. A tick may come a little early."""
        is_quiet = now - news_at >= self.quiet_after
        pause = max(self.interval, self.quiet) if is_quiet else self.interval
        return now >= polled_at + pause - self.tick / 2 or now < polled_at


class Poller:
    """Reads the sources of one account into the queue; without a rhythm, at every pass."""

    def __init__(
        self,
        platform: Platform,
        sources: tuple[Source, ...],
        *,
        queue: Queue,
        accounts: Accounts,
        clock: Callable[[], datetime],
        max_age: Callable[[Source], timedelta],
        rhythm: Rhythm | None = None,
    ) -> None:
        self.account = platform.account
        self._platform = platform
        self._sources = sources
        self._queue = queue
        self._accounts = accounts
        self._clock = clock
        self._max_age = max_age
        self._rhythm = rhythm
        self._polled_at: datetime | None = None
        self._news_at = clock()
        self._connected = False
        self._wait_until: datetime | None = None
        self._told: dict[str, str] = {}
        """The last error of each source that fails at the moment."""

    def run(self, limit: Pass) -> int:
        """One poll of each source; the number of posts not seen before."""
        new, now = 0, self._clock()
        if not self._is_due(now):
            return 0
        self._polled_at = now
        for source in self._sources:
            if limit.over() or self._has_to_wait():
                break
            new += self._poll(source)
        if new:
            self._news_at = now
        return new

    def _is_due(self, now: datetime) -> bool:
        if self._rhythm is None or self._polled_at is None:
            return True
        return self._rhythm.is_due(now, self._polled_at, self._news_at)

    def _has_to_wait(self) -> bool:
        return self._wait_until is not None and self._clock() < self._wait_until

    def _poll(self, source: Source) -> int:
        try:
            self._connect()
            now = self._clock()
            batch = self._platform.poll(source, self._queue.cursor(source), now - self._max_age(source))
            for line in batch.unreadable:
                log.warning("a post could not be read", source=source.key, problem=line)
            new = self._queue.discover(source, batch, self._clock())
            if new:
                log.info("new posts", source=source.key, count=new)
        except AccountError as error:
            self._connected = False
            self._wait_until = self._clock() + timedelta(minutes=15)  # log-ins are counted by servers
            self._accounts.set_error(self.account, f"{error} {error.remedy}", self._clock())
            self._queue.poll_failed(source, str(error))
            log.error("the account cannot be used", account=self.account, error=str(error), do=error.remedy)
        except PlatformError as error:
            self._queue.poll_failed(source, str(error))
            self._tell_once(source, str(error))
        else:
            if self._told.pop(source.key, None) is not None:
                log.info("polls work again", source=source.key)
            return new
        return 0

    def _tell_once(self, source: Source, error: str) -> None:
        """A community that has gone private is one line in the log, not one a minute."""
        if self._told.get(source.key) != error:
            log.warning("poll failed", source=source.key, error=error)
        self._told[source.key] = error

    def _connect(self) -> None:
        if self._connected:
            return
        identity = self._platform.connect()
        self._connected = True
        self._accounts.set_error(self.account, None, self._clock())
        log.info("logged in", account=self.account, name=identity.name)
        if not identity.bot_flag:
            log.warning("the account is not marked as a bot", account=self.account)


def work(threads: ThreadPoolExecutor, at_once: int, services: Services, limit: Pass) -> int:
    """Take posts that are due through the pipeline, `at_once` at a time; how many were handled."""
    running: set[Future[object]] = set()
    handled = 0
    while True:
        if not limit.over() and len(running) < at_once:
            for task in services.queue.claim(services.clock(), at_once - len(running), LEASE):
                running.add(threads.submit(_handle, task, services))
        if not running:
            return handled
        done, running = wait(running, timeout=0.5, return_when=FIRST_COMPLETED)
        handled += len(done)
        if running and limit.overdue():  # their leases end, and others go on in the threads that are left
            log.error("posts hang and are left behind", count=len(running))
            return handled


def _handle(task: Task, services: Services) -> None:
    try:
        process(task, services)
    except StoreError:
        log.debug("a post waits until it can be recorded", account=task.post.account, post=task.post.id)
    except Exception:
        log.exception("a post could not be recorded", account=task.post.account, post=task.post.id)


def send(outbox: Outbox, limit: Pass) -> None:
    """Let one account's outbox do what is due."""
    while not limit.over():
        if not outbox.step():
            return


def care(aftercare: Aftercare, limit: Pass) -> None:
    """Let one account's aftercare do what is due."""
    while not limit.over():
        if not aftercare.step():
            return


def mail(mailbox: Mailbox, limit: Pass) -> int:
    """Let one account's mailbox do what is due; how many messages it handled."""
    return mailbox.run(limit.over)


def read_pages(reader: PageReader, places: Iterable[tuple[str, str]], limit: Pass) -> None:
    """Look at the communities' own pages whose time has come."""
    for account, community in places:
        if limit.over():
            return
        reader.read(account, community)


def safely(name: str, job: Callable[[], object]) -> Callable[[], None]:
    """A job that logs whatever it dies of, so that its schedule goes on."""

    def run() -> None:
        try:
            job()
        except StoreError as error:  # the database has told it, once
            log.debug("a job waits for the database", job=name, error=error.message)
        except Exception:
            log.exception("a job failed", job=name)

    return run
