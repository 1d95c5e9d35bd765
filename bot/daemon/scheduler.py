"""Runs the jobs, each in its own thread."""

from __future__ import annotations

import sys
import threading
import time
import traceback
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger
from msgspec import Struct
from msgspec.structs import replace

from bot.core.clock import utc_now
from bot.core.time_limit import TimeLimit
from bot.daemon.due_watch import DueJobs, DueWatch
from bot.daemon.jobs import log_failures
from bot.daemon.queue_watch import CHECK_INTERVAL, LONGEST_PAUSE, NextDue, QueueWatch
from bot.operations.health import Health

log = structlog.get_logger(__name__)

SHUTDOWN_SECONDS = 25.0
"""How long running work may take after SIGTERM; service managers commonly wait 30 seconds."""


class Job(Struct, frozen=True):
    """Something to do repeatedly, in runs of at most `max_seconds`."""

    name: str
    interval: timedelta
    max_seconds: float
    run: Callable[[TimeLimit], object]
    starts: tuple[str, ...] = ()
    """Names of jobs to run at once after a run that did something."""
    next_due: NextDue | None = None
    """For a job that works on a queue in the database, and does nothing else between two due times."""


class Scheduler:
    """Runs jobs until it is stopped, each in its own thread, and never two runs of a job at once."""

    def __init__(
        self,
        jobs: tuple[Job, ...],
        health: Health,
        state_number: Callable[[], int | None] | None = None,
        clock: Callable[[], datetime] = utc_now,
        due_jobs: DueJobs | None = None,
    ) -> None:
        """With a `state_number` (see `QueueWatch`), jobs with `next_due` run only when they have to.

        `clock` is the one of their due times. `due_jobs` is the same for a database without such a number.
        Without both, all jobs run at their intervals.
        """
        self._health = health
        self._watch: QueueWatch | DueWatch | None = None
        watched: Collection[str] = ()
        if state_number is not None:
            queues = {job.name: (job.next_due, job.interval) for job in jobs if job.next_due is not None}
            self._watch = QueueWatch(queues, state_number, clock, self._start_now)
            watched = queues
        elif due_jobs is not None:
            intervals = {job.name: job.interval for job in jobs if job.name in due_jobs.names}
            self._watch = DueWatch(intervals, due_jobs.find, self._start_now)
            watched = intervals
        self._jobs = tuple(
            replace(job, interval=LONGEST_PAUSE) if job.name in watched else job for job in jobs
        )
        self._watch_thread = threading.Thread(target=self._watch_queues, name="queues", daemon=True)
        self._stopping = threading.Event()
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(max(len(jobs), 1))},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone="UTC",
        )
        self._running = 0
        self._threads: dict[str, int] = {}
        """The thread that runs each job."""
        self._lock = threading.Lock()

    def start(self) -> None:
        for job in self._jobs:
            self._health.register(job.name, job.interval, timedelta(seconds=job.max_seconds))
            self._scheduler.add_job(
                log_failures(job.name, lambda job=job: self._run(job)),  # type: ignore[misc]
                IntervalTrigger(seconds=job.interval.total_seconds(), timezone="UTC"),
                id=job.name,
                next_run_time=datetime.now(UTC),
            )
        self._scheduler.start()
        self._watch_thread.start()

    def _watch_queues(self) -> None:
        while self._watch is not None and not self._stopping.wait(CHECK_INTERVAL):
            self._watch.check()

    def _start_now(self, name: str) -> None:
        try:
            self._scheduler.modify_job(name, next_run_time=datetime.now(UTC))
        except JobLookupError:
            if not self._stopping.is_set():  # a scheduler that was shut down has forgotten its jobs
                raise

    def _run(self, job: Job) -> None:
        if self._stopping.is_set():
            return
        with self._lock:
            self._running += 1
            self._threads[job.name] = threading.get_ident()
        self._health.started(job.name)
        if self._watch is not None:
            self._watch.record_start(job.name)
        error: str | None = "the run was stopped from outside"
        try:
            if job.run(TimeLimit.start(self._stopping, job.max_seconds)):
                for name in job.starts:
                    self._start_now(name)
            error = None
        except Exception as problem:
            error = f"{type(problem).__name__}: {problem}"
            raise
        finally:
            self._health.finished(job.name, error)
            if self._watch is not None:
                self._watch.record_end(job.name, failed=error is not None)
            with self._lock:
                self._running -= 1
                self._threads.pop(job.name, None)

    def is_alive(self) -> bool:
        """Whether the threads that start the runs are alive."""
        if self._watch is not None and not self._watch_thread.is_alive():
            return False
        return any(each.name == "APScheduler" and each.is_alive() for each in threading.enumerate())

    def location_of(self, name: str) -> str:
        """Where in the code a job is: the innermost frames of its thread."""
        frame = sys._current_frames().get(self._threads.get(name, -1))  # noqa: SLF001 (documented, for this)
        if frame is None:
            return "not running"
        frames = traceback.extract_stack(frame)[-6:]
        return " > ".join(f"{each.filename.rsplit('/', 1)[-1]}:{each.lineno} {each.name}" for each in frames)

    def stop(self, interrupt: Callable[[], bool | None], grace: float = SHUTDOWN_SECONDS) -> bool:
        """Start no more runs, call `interrupt`, and wait up to `grace` seconds for the running ones.

        Return whether all of them ended. `interrupt` returns False if other work did not end.
        """
        self._stopping.set()
        self._scheduler.pause()
        ended = interrupt()
        deadline = time.monotonic() + grace
        while self._running and time.monotonic() < deadline:
            time.sleep(0.02)
        self._scheduler.shutdown(wait=False)
        for job in self._jobs:
            self._health.forget(job.name)
        return not self._running and ended is not False
