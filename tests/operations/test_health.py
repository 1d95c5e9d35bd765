"""Jobs that go on and jobs that do not, by a monotonic clock that stands still until it is told."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from bot.core.time_limit import TimeLimit
from bot.daemon.scheduler import Job, Scheduler
from bot.daemon.tuning import utc_now
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
    made = Health(clock, ticks)
    made.register("poll main", MINUTE, 2 * MINUTE)
    return made


def test_a_job_that_never_began_is_a_trouble_once_it_is_due(health: Health, ticks: Ticks) -> None:
    ticks.now += 119
    assert health.problems() == ()
    ticks.now += 2
    assert health.problems() == (
        "The job “poll main” is due every 60 seconds and has been idle for 2 minutes.",
    )


def test_a_pass_may_be_long_but_not_endless(health: Health, ticks: Ticks) -> None:
    health.started("poll main")
    ticks.now += 2 * 120 + 59
    assert health.problems() == ()
    ticks.now += 2
    assert health.problems() == ("The job “poll main” has been running for 5 minutes.",)
    health.finished("poll main")
    assert health.problems() == ()


def test_a_pass_that_ended_is_remembered_with_its_times_and_its_error(
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


def test_the_scheduler_reports_passes_that_die_and_passes_that_end() -> None:
    health, second = Health(utc_now), threading.Event()
    errors: list[str | None] = []

    def dies_first(limit: TimeLimit) -> int:
        (job,) = health.jobs()
        if not job.runs:
            raise OSError("no space left")
        errors.append(job.error)
        second.set()
        return 0

    job = Job("work", timedelta(milliseconds=50), 1, dies_first)
    scheduler = Scheduler((job,), utc_now, health)
    scheduler.start()
    assert second.wait(20)
    assert scheduler.stop(lambda: None)
    assert errors[0] == "OSError: no space left"
    assert health.jobs()[0].error is None
