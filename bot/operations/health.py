"""Whether the daemon's jobs go on: each says when a pass of it began and ended, anybody may ask.

Judged by the monotonic clock, so that a wall clock that jumps makes nobody ill.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

GRACE_PERIOD = timedelta(seconds=60)
"""A machine under load is late before it is ill."""


@dataclass(frozen=True, slots=True)
class JobHealth:
    """One job as it stands at the moment it was asked for."""

    name: str
    every: timedelta
    time_limit: timedelta
    """How long a pass may go on taking up new work."""
    running_for: timedelta | None
    """For how long the pass under way has been going on."""
    idle_for: timedelta | None
    """How long ago the last pass ended, or, before the first one, the job was announced."""
    started_at: datetime | None
    """When the last pass began, for people."""
    ended_at: datetime | None
    error: str | None
    """What the last pass died of."""
    runs: int

    @property
    def problem(self) -> str | None:
        """What is wrong, as a sentence; None when nothing is.

        What is in hand at the limit of a pass may be finished: it has deadlines of its own, far below
        the pass's. So twice the limit is more than any sound pass takes.
        """
        if self.running_for is not None and self.running_for > 2 * self.time_limit + GRACE_PERIOD:
            return f"The job “{self.name}” has been busy for {_format_minutes(self.running_for)} with one pass."
        if self.idle_for is not None and self.idle_for > self.every + GRACE_PERIOD:
            due = f"The job “{self.name}” is due every {_format_interval(self.every)}"
            return f"{due} and has been idle for {_format_minutes(self.idle_for)}."
        return None


@dataclass(slots=True)
class _JobRecord:
    every: timedelta
    time_limit: timedelta
    registered: float
    started_monotonic: float | None = None
    ended_monotonic: float | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    error: str | None = None
    runs: int = 0


class Health:
    """What the scheduler writes, and what `/healthz`, the metrics and the service manager's watchdog read.

    Safe to share between threads.
    """

    def __init__(
        self, clock: Callable[[], datetime], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock = clock
        self._monotonic = monotonic
        self._records: dict[str, _JobRecord] = {}
        self._lock = threading.Lock()

    def register(self, name: str, every: timedelta, time_limit: timedelta) -> None:
        """From now on this job has to run."""
        with self._lock:
            self._records[name] = _JobRecord(every, time_limit, self._monotonic())

    def started(self, name: str) -> None:
        with self._lock:
            record = self._records[name]
            record.started_monotonic, record.started_at = self._monotonic(), self._clock()

    def finished(self, name: str, error: str | None = None) -> None:
        with self._lock:
            record = self._records[name]
            record.started_monotonic, record.ended_monotonic, record.ended_at = None, self._monotonic(), self._clock()
            record.error = error
            record.runs += 1

    def jobs(self) -> tuple[JobHealth, ...]:
        """All jobs, in the order in which they were announced."""
        with self._lock:
            now = self._monotonic()
            return tuple(_job_health(name, record, now) for name, record in self._records.items())

    def problems(self) -> tuple[str, ...]:
        """A sentence for each job that does not go on; empty when all is well."""
        return tuple(sentence for job in self.jobs() if (sentence := job.problem))


def _job_health(name: str, record: _JobRecord, now: float) -> JobHealth:
    since = record.registered if record.ended_monotonic is None else record.ended_monotonic
    busy = record.started_monotonic is not None
    return JobHealth(
        name=name,
        every=record.every,
        time_limit=record.time_limit,
        running_for=timedelta(seconds=now - record.started_monotonic) if record.started_monotonic is not None else None,
        idle_for=None if busy else timedelta(seconds=now - since),
        started_at=record.started_at,
        ended_at=record.ended_at,
        error=record.error,
        runs=record.runs,
    )


def _format_minutes(time: timedelta) -> str:
    return f"{time.total_seconds() / 60:.0f} minutes"


def _format_interval(every: timedelta) -> str:
    seconds = every.total_seconds()
    return f"{seconds / 60:.0f} minutes" if seconds >= 120 else f"{seconds:g} seconds"
