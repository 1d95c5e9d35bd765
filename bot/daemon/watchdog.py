"""Watches the daemon from its main thread: stuck jobs, a dead scheduler, a clock that jumped.

A stuck job cannot be killed in Python. It is logged with its place in the code. The other jobs continue,
and `/healthz` and the service manager's watchdog report the same (`bot.operations.health`).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.operations.health import Health

log = structlog.get_logger(__name__)

CHECK_INTERVAL = 5.0
"""Seconds between two checks."""
MIN_JUMP = timedelta(seconds=30)
"""A clock that is slewed changes by less between two checks."""


def monotonic_seconds() -> float:
    """A clock in seconds that cannot be set. It includes the time of system sleep where supported."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class WatchedScheduler(Protocol):
    """The part of the scheduler that the watchdog uses."""

    def is_alive(self) -> bool: ...

    def location_of(self, name: str) -> str:
        """Where in the code a job is."""
        ...


class Watchdog:
    """Checks the daemon whenever `check` is called; never raises."""

    def __init__(
        self,
        health: Health,
        scheduler: WatchedScheduler,
        on_jump: Callable[[timedelta], None],
        *,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float] = monotonic_seconds,
    ) -> None:
        """`on_jump` gets how far the wall clock was set, forward or back."""
        self._health = health
        self._scheduler = scheduler
        self._on_jump = on_jump
        self._clock = clock
        self._monotonic = monotonic
        self._last = (clock(), monotonic())
        self._stuck: dict[str, str] = {}

    def check(self) -> bool:
        """Log problems that began or ended since the last check; return False if the daemon must restart."""
        jumped = False
        try:
            jumped = self._check_clock()
            self._check_jobs()
        except Exception:
            log.exception("the watchdog itself failed")
        if not self._scheduler.is_alive():
            log.error("the scheduler died; the daemon restarts")
            return False
        return not jumped

    def _check_clock(self) -> bool:
        """Whether the clock was set. Then everything in memory that waits has to be created again."""
        wall, passed = self._clock(), self._monotonic()
        jump = wall - self._last[0] - timedelta(seconds=passed - self._last[1])
        self._last = (wall, passed)
        if abs(jump) < MIN_JUMP:
            return False
        log.warning("the clock was set; the daemon restarts", seconds=round(jump.total_seconds()))
        try:
            self._on_jump(jump)
        except Exception:
            log.exception("the stored times could not be adjusted to the clock")
        return True

    def _check_jobs(self) -> None:
        stuck = {job.name: sentence for job in self._health.jobs() if (sentence := job.problem)}
        for name in stuck.keys() - self._stuck.keys():
            log.error("a job is stuck", job=name, what=stuck[name], at=self._scheduler.location_of(name))
        for name in self._stuck.keys() - stuck.keys():
            log.info("the job is no longer stuck", job=name)
        self._stuck = stuck
