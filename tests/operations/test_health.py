"""Healthy and stuck jobs, with a monotonic clock that only the test moves."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from bot.core.clock import utc_now
from bot.core.time_limit import TimeLimit
from bot.daemon.scheduler import Job, Scheduler
from bot.operations.health import Health
from tests.conftest import Clock

MINUTE = timedelta(minutes=1)


class Ticks:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def health(clock: Clock, ticks: Ticks) -> Health:
    health = Health(clock, ticks)
    health.register("poll main", MINUTE, 2 * MINUTE)
    return health


def test_a_job_that_never_starts_is_reported_once_it_is_due(health: Health, ticks: Ticks) -> None:
    ticks.now += 119
    assert health.problems() == ()
    ticks.now += 2
    assert health.problems() == (
        "The job “poll main” is due every 60 seconds and has been idle for 2 minutes.",
    )


def test_a_run_that_takes_too_long_is_reported(health: Health, ticks: Ticks) -> None:
    health.started("poll main")
    ticks.now += 2 * 120 + 59
    assert health.problems() == ()
    ticks.now += 2
    assert health.problems() == ("The job “poll main” has been running for 5 minutes.",)
    health.finished("poll main")
    assert health.problems() == ()


def test_the_times_and_the_error_of_the_last_run_are_recorded(
    health: Health, ticks: Ticks, clock: Clock
) -> None:
    began = clock()
    health.started("poll main")
    ended = clock.advance(3)
    health.finished("poll main", "OSError: no space")
    ticks.now += 7
    (job,) = health.jobs()
    assert (job.started_at, job.ended_at, job.error, job.runs) == (began, ended, "OSError: no space", 1)
    assert (job.running_for, job.idle_for) == (None, timedelta(seconds=7))


def test_the_scheduler_records_failed_and_successful_runs() -> None:
    health, third = Health(utc_now), threading.Event()
    errors: list[str | None] = []

    def fails_first(limit: TimeLimit) -> int:
        (job,) = health.jobs()
        if not job.runs:
            raise OSError("no space left")
        errors.append(job.error)
        if job.runs > 1:
            third.set()
        return 0

    job = Job("process", timedelta(milliseconds=50), 1, fails_first)
    scheduler = Scheduler((job,), health)
    scheduler.start()
    assert third.wait(20)
    assert scheduler.stop(lambda: None)
    assert errors[:2] == ["OSError: no space left", None]
