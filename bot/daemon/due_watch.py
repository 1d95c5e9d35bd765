"""Starts the jobs of queues that have something due, as one query for all of them says.

A run of a job, from the scheduler to its queries, costs several times as much as this query. On PostgreSQL,
nothing says cheaply that the database has changed, as `bot.daemon.queue_watch` needs it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta

import structlog
from msgspec import Struct

from bot.core.errors import StoreError
from bot.daemon.queue_watch import CHECK_INTERVAL

log = structlog.get_logger(__name__)

_TOLERANCE = CHECK_INTERVAL / 2
"""So that a job whose last run started a little late can start at the next check."""


class DueJobs(Struct, frozen=True):
    """Jobs that run only if they have something to do."""

    names: frozenset[str]
    find: Callable[[], Collection[str]]
    """Those of them that have something to do now. Raises `StoreError`."""


class DueWatch:
    """Never starts a job while it runs, and not sooner than its interval allows. Thread-safe."""

    def __init__(
        self,
        intervals: Mapping[str, timedelta],
        find_due: Callable[[], Collection[str]],
        start: Callable[[str], None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`intervals` has the shortest time between two starts of each job, by its name.

        `find_due` is that of `DueJobs`.
        """
        self._pauses = {name: each.total_seconds() - _TOLERANCE for name, each in intervals.items()}
        self._find_due = find_due
        self._start = start
        self._monotonic = monotonic
        self._running: set[str] = set()
        self._started_at: dict[str, float] = {}
        self._lock = threading.Lock()

    def check(self) -> None:
        """Start the jobs that have something to do. If that is not known, the next check asks again."""
        try:
            due = self._find_due()
        except StoreError as error:  # the database has logged it, once
            log.debug("it is not known what is due", error=error.message)
            return
        except Exception:
            log.exception("it is not known what is due")
            return
        with self._lock:
            names = [name for name in due if self._may_start(name)]
        for name in names:
            self._start(name)

    def _may_start(self, name: str) -> bool:
        started_at = self._started_at.get(name)
        is_early = started_at is not None and self._monotonic() < started_at + self._pauses[name]
        return name not in self._running and not is_early

    def record_start(self, name: str) -> None:
        with self._lock:
            self._running.add(name)
            self._started_at[name] = self._monotonic()

    def record_end(self, name: str, *, failed: bool) -> None:
        """A job that failed has something to do still, or will have."""
        del failed
        with self._lock:
            self._running.discard(name)
