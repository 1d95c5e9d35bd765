"""Runs the work of each account that a node leads, in threads of its own. Implements `Leader`."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from typing import Protocol

import structlog

from bot.cluster.term import Term
from bot.core.errors import LeadershipLost, StoreError
from bot.daemon.due_watch import DueJobs
from bot.daemon.scheduler import Job, Scheduler
from bot.operations.health import Health

log = structlog.get_logger(__name__)


class Work(Protocol):
    def __call__(self, jobs: tuple[Job, ...], due_jobs: DueJobs | None = None) -> None:
        """Run jobs until the work of a term has to stop; those in `due_jobs` only if they are due."""
        ...


RunWork = Callable[[Term, Work], None]
"""Prepares the work of a term, and passes its jobs to the function."""


class LeaderThreads:
    """One thread for each term, with a scheduler for its jobs."""

    def __init__(
        self, run: RunWork, release: Callable[[Term], None], health: Health, stop: timedelta
    ) -> None:
        """`release` hands an account over; `stop` is how long running jobs may take before."""
        self._run = run
        self._release = release
        self._health = health
        self._stop = stop.total_seconds()
        self._lock = threading.Lock()
        self._accounts: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        """The work of a new term begins after that of an earlier term of this node."""
        self._running = 0

    @property
    def running(self) -> int:
        """How many terms have work that has not ended."""
        return self._running

    def begin(self, term: Term) -> None:
        with self._lock:
            self._running += 1
        name = f"lead {term.account} {term.epoch}"
        threading.Thread(target=self._lead, args=(term,), name=name, daemon=True).start()

    def _lead(self, term: Term) -> None:
        with self._lock:
            account = self._accounts[term.account]
        with account:
            self._work(term)
        with self._lock:
            self._running -= 1

    def _work(self, term: Term) -> None:
        finished = True

        def work(jobs: tuple[Job, ...], due_jobs: DueJobs | None = None) -> None:
            nonlocal finished
            scheduler = Scheduler(jobs, self._health, due_jobs=due_jobs)
            scheduler.start()
            term.stopping.wait()
            finished = scheduler.stop(lambda: None, self._stop)

        try:
            self._run(term, work)
        except LeadershipLost:
            log.debug("the leadership was lost", account=term.account)
        except StoreError as error:  # the database has logged it, once
            log.debug(
                "the work for an account waits for the database", account=term.account, error=str(error)
            )
        except Exception:
            log.exception("the work for an account ended with an error", account=term.account)
        if finished:
            self._release(term)
        else:
            log.warning("work for an account did not end in time", account=term.account)
