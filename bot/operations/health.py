"""The health of the daemon's jobs: records when each run starts and ends, and reports jobs that are stuck.

It uses the monotonic clock, so that a jump of the wall clock does not report healthy jobs.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import Struct

GRACE_PERIOD = timedelta(seconds=60)
"""Extra time before a job is reported, because a machine under load is slow."""


class JobHealth(Struct, frozen=True):
    """The state of one job at the time of the query."""

    name: str
    every: timedelta
    time_limit: timedelta
    """How long one run may take on new work."""
    running_for: timedelta | None
    """Duration of the current run so far; None between runs."""
    idle_for: timedelta | None
    """Time since the last run ended or, before the first one, since `Health.register`; None during a run."""
    started_at: datetime | None
    """When the last run started, by the wall clock."""
    ended_at: datetime | None
    error: str | None
    """The exception that ended the last run."""
    runs: int

    @property
    def problem(self) -> str | None:
        """The problem as a sentence; None if the job is healthy.

        Work that is in progress at the time limit may finish: it has its own deadlines, far below the limit.
        So no healthy run takes twice the limit.
        """
        if self.running_for is not None and self.running_for > 2 * self.time_limit + GRACE_PERIOD:
            return f"The job “{self.name}” has been running for {_format_minutes(self.running_for)}."
        if self.idle_for is not None and self.idle_for > self.every + GRACE_PERIOD:
            due = f"The job “{self.name}” is due every {_format_interval(self.every)}"
            return f"{due} and has been idle for {_format_minutes(self.idle_for)}."
        return None


class _JobRecord(Struct):
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
    """The state of all jobs. The scheduler updates it; `/healthz`, metrics and the systemd watchdog read it.

    Thread-safe.
    """

    def __init__(
        self, clock: Callable[[], datetime], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock = clock
        self._monotonic = monotonic
        self._records: dict[str, _JobRecord] = {}
        self._lock = threading.Lock()

    def register(self, name: str, every: timedelta, time_limit: timedelta) -> None:
        """Expect this job to run from now on."""
        with self._lock:
            self._records[name] = _JobRecord(every, time_limit, self._monotonic())

    def forget(self, name: str) -> None:
        """The job does not run here any more."""
        with self._lock:
            self._records.pop(name, None)

    def started(self, name: str) -> None:
        with self._lock:
            record = self._records.get(name)
            if record is None:
                return
            record.started_monotonic, record.started_at = self._monotonic(), self._clock()

    def finished(self, name: str, error: str | None = None) -> None:
        with self._lock:
            record = self._records.get(name)
            if record is None:
                return
            record.started_monotonic = None
            record.ended_monotonic, record.ended_at = self._monotonic(), self._clock()
            record.error = error
            record.runs += 1

    def jobs(self) -> tuple[JobHealth, ...]:
        """All jobs, in the order of their registration."""
        with self._lock:
            now = self._monotonic()
            return tuple(_job_health(name, record, now) for name, record in self._records.items())

    def problems(self) -> tuple[str, ...]:
        """One sentence for each job that is stuck; empty if all jobs are healthy."""
        return tuple(sentence for job in self.jobs() if (sentence := job.problem))


def _job_health(name: str, record: _JobRecord, now: float) -> JobHealth:
    since = record.registered if record.ended_monotonic is None else record.ended_monotonic
    started = record.started_monotonic
    return JobHealth(
        name=name,
        every=record.every,
        time_limit=record.time_limit,
        running_for=None if started is None else timedelta(seconds=now - started),
        idle_for=None if started is not None else timedelta(seconds=now - since),
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
