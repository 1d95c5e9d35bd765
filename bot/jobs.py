"""The daemon's four jobs, each one bounded pass: poll, work, send, keep house.

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
from bot.errors import AccountError, PlatformError
from bot.mailbox import Mailbox
from bot.models import Source
from bot.outbox import Outbox
from bot.pipeline import Services, process
from bot.platforms.base import Platform
from bot.store import Accounts, Messages, Queue, Task

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=5)
"""Longer than any post can take: fetch and worker have deadlines far below it."""


RECHECK = timedelta(hours=24)
"""Reddit's rules for apps give 48 hours until deleted content has to be gone."""
AUTHORS_KEPT = timedelta(days=2)
MOST_RECHECKED = 1000
"""Posts of one account in one pass."""


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


class Poller:
    """Reads the sources of one account into the queue."""

    def __init__(
        self,
        platform: Platform,
        sources: tuple[Source, ...],
        *,
        queue: Queue,
        accounts: Accounts,
        clock: Callable[[], datetime],
        max_age: Callable[[Source], timedelta],
    ) -> None:
        self.account = platform.account
        self._platform = platform
        self._sources = sources
        self._queue = queue
        self._accounts = accounts
        self._clock = clock
        self._max_age = max_age
        self._connected = False
        self._wait_until: datetime | None = None
        self._told: dict[str, str] = {}
        """The last error of each source that fails at the moment."""

    def run(self, limit: Pass) -> int:
        """One poll of each source; the number of posts not seen before."""
        new = 0
        for source in self._sources:
            if limit.over() or self._has_to_wait():
                break
            new += self._poll(source)
        return new

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
            self._told.pop(source.key, None)
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


def _handle(task: Task, services: Services) -> None:
    try:
        process(task, services)
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


def keep_house(queue: Queue, clock: Callable[[], datetime], keep: timedelta) -> None:
    """Forget what old posts were about."""
    forgotten = queue.forget(clock() - keep)
    if forgotten:
        log.info("forgot old posts", count=forgotten)


def forget_authors(messages: Messages, now: datetime) -> None:
    """Limits on answers count by the day; after that, who wrote is nobody's business."""
    messages.forget(now - AUTHORS_KEPT)


def forget_vanished(platform: Platform, queue: Queue, now: datetime) -> int:
    """Ask which finished posts are gone by now, each once a day, and forget what they were about."""
    rows = queue.unchecked(platform.account, now - RECHECK, MOST_RECHECKED)
    if not rows:
        return 0
    try:
        gone = platform.vanished(tuple(rows))
    except PlatformError as error:
        log.warning("cannot ask for deleted posts", account=platform.account, error=str(error))
        return 0
    queue.checked(rows.values(), [rows[post_id] for post_id in gone], now)
    if gone:
        log.info("forgot deleted posts", account=platform.account, count=len(gone))
    return len(gone)


def safely(name: str, job: Callable[[], object]) -> Callable[[], None]:
    """A job that logs whatever it dies of, so that its schedule goes on."""

    def run() -> None:
        try:
            job()
        except Exception:
            log.exception("a job failed", job=name)

    return run
