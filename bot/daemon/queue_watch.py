"""Finds out when the jobs that work on a queue have to run: without work, each runs once a minute.

A run of a job, from the scheduler to the last query, costs as much as a hundred checks here. So these jobs do
not run every second. They run when any process has changed the database, and when something in their queue
becomes due.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog
from msgspec import Struct

from bot.core.errors import StoreError

log = structlog.get_logger(__name__)

CHECK_INTERVAL = 1.0
"""Seconds between two checks."""
LONGEST_PAUSE = timedelta(seconds=60)
"""A job runs at least so often, whatever the checks say."""
NextDue = Callable[[], datetime | None]
"""When the next item of a queue is due, which may be in the past; None if no item waits."""
_NEVER_READ = -1


class _Queue(Struct):
    next_due: NextDue
    shortest_pause: timedelta
    started_at: datetime | None = None
    """By the clock; None before the first run."""
    seen: int | None = _NEVER_READ
    """The number of the database's state before the last run."""
    due_at: datetime | None = None
    running: bool = False


class QueueWatch:
    """Starts each job when there may be work for it, and never more often than its own interval.

    Thread-safe. The number of the database's state is read before a run, so a change during the run, which
    the run may have missed, leads to another run.
    """

    def __init__(
        self,
        queues: Mapping[str, tuple[NextDue, timedelta]],
        state_number: Callable[[], int | None],
        clock: Callable[[], datetime],
        start: Callable[[str], None],
    ) -> None:
        """`queues` has the interval of each job, by its name.

        `state_number` returns another number after each change of the database, or None if that is not known.
        """
        self._queues = {name: _Queue(*queue) for name, queue in queues.items()}
        self._state_number = state_number
        self._clock = clock
        self._start = start
        self._last_number: int | None = _NEVER_READ
        self._lock = threading.Lock()

    def check(self) -> None:
        """Start the jobs that have to run now."""
        number, now = self._state_number(), self._clock()
        with self._lock:
            self._last_number = number
            names = [name for name, queue in self._queues.items() if _must_run(queue, number, now)]
        for name in names:
            self._start(name)

    def record_start(self, name: str) -> None:
        with self._lock:
            if (queue := self._queues.get(name)) is not None:
                queue.running, queue.started_at, queue.seen = True, self._clock(), self._last_number

    def record_end(self, name: str, *, failed: bool) -> None:
        """Ask when the queue's next item is due. After an error, the job runs again as soon as it may."""
        queue = self._queues.get(name)
        if queue is None:
            return
        due_at: datetime | None = self._clock()
        if not failed:
            try:
                due_at = queue.next_due()
            except StoreError as error:  # the database has logged it, once
                log.debug("a queue cannot be read", job=name, error=error.message)
            except Exception:
                log.exception("a queue cannot be read", job=name)
        with self._lock:
            queue.running, queue.due_at = False, due_at


def _must_run(queue: _Queue, number: int | None, now: datetime) -> bool:
    if queue.running:
        return False
    if queue.started_at is not None and queue.started_at <= now < queue.started_at + queue.shortest_pause:
        return False
    is_due = queue.due_at is not None and queue.due_at <= now
    return is_due or number is None or number != queue.seen
