"""What looks after the daemon from its main thread: hanging jobs, a dead scheduler, a clock that jumped.

A job that hangs cannot be killed in Python. It is named, with the place where it hangs; the other jobs go
on, and `/healthz` and a service manager's watchdog see the same (`bot.operations.health`).
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
"""Seconds between two looks."""
MIN_JUMP = timedelta(seconds=30)
"""A clock that is slewed moves by less between two looks."""


def monotonic_seconds() -> float:
    """Seconds that nobody can set; those in which the machine slept count too where it can say so."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class WatchedScheduler(Protocol):
    """The scheduler as the watch sees it."""

    def is_alive(self) -> bool: ...

    def run_all_now(self) -> None:
        """Let every job run now."""
        ...

    def location_of(self, name: str) -> str:
        """Where in the code a job is at the moment."""
        ...


class Watchdog:
    """Looks whenever it is called; never raises."""

    def __init__(
        self,
        health: Health,
        scheduler: WatchedScheduler,
        on_jump: Callable[[timedelta], None],
        *,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float] = monotonic_seconds,
    ) -> None:
        """`on_jump` is told by how much the wall clock was set, forward or back."""
        self._health = health
        self._runner = scheduler
        self._on_jump = on_jump
        self._clock = clock
        self._monotonic = monotonic
        self._seen = (clock(), monotonic())
        self._stuck: dict[str, str] = {}

    def check(self) -> bool:
        """Say what has gone wrong or right since the last look; whether the daemon can go on as it is."""
        try:
            self._look_at_the_clock()
            self._look_at_the_jobs()
        except Exception:
            log.exception("the watch itself failed")
        if self._runner.is_alive():
            return True
        log.error("the scheduler died; the daemon's parts are started anew")
        return False

    def _look_at_the_clock(self) -> None:
        wall, passed = self._clock(), self._monotonic()
        jump = wall - self._seen[0] - timedelta(seconds=passed - self._seen[1])
        self._seen = (wall, passed)
        if abs(jump) < MIN_JUMP:
            return
        seconds = round(jump.total_seconds())
        log.warning("the clock was set; what waits is moved with it", seconds=seconds)
        try:
            self._on_jump(jump)
        finally:
            self._runner.run_all_now()  # their next turns were in the old time

    def _look_at_the_jobs(self) -> None:
        stuck = {job.name: sentence for job in self._health.jobs() if (sentence := job.problem)}
        for name in stuck.keys() - self._stuck.keys():
            log.error("a job is stuck", job=name, what=stuck[name], at=self._runner.location_of(name))
        for name in self._stuck.keys() - stuck.keys():
            log.info("the job goes on again", job=name)
        self._stuck = stuck
