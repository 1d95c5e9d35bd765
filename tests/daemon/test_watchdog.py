"""The watchdog with clocks that stand still until they are set, a real store and a real scheduler."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.core.clock import utc_now
from bot.core.models import Comment, PollResult, Reply, Source
from bot.daemon.scheduler import Job, Scheduler
from bot.daemon.watchdog import Watchdog
from bot.operations.health import Health
from bot.store import Database, OutgoingReplies, PostQueue
from tests.conftest import Clock, a_post

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


class Ticks:
    """A clock that cannot be set."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class FakeScheduler:
    def __init__(self) -> None:
        self.alive = True

    def is_alive(self) -> bool:
        return self.alive

    def location_of(self, name: str) -> str:
        return f"jobs.py:1 {name}"


class Scenario:
    def __init__(self, clock: Clock) -> None:
        self.clock, self.ticks, self.scheduler = clock, Ticks(), FakeScheduler()
        self.jumps: list[timedelta] = []
        self.health = Health(clock, self.ticks)
        self.watchdog = Watchdog(
            self.health, self.scheduler, self.jumps.append, clock=clock, monotonic=self.ticks
        )

    def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.ticks.now += seconds


@pytest.fixture
def scenario(clock: Clock) -> Scenario:
    return Scenario(clock)


def test_passing_time_is_not_a_jump(scenario: Scenario) -> None:
    for seconds in (5, 5, 86_400, 0):
        scenario.pass_time(seconds)
        assert scenario.watchdog.check()
    assert scenario.jumps == []


@pytest.mark.parametrize("seconds", [-3600, 3600, -86_400 * 400])
def test_a_clock_jump_is_logged_once_and_restarts_the_daemon(scenario: Scenario, seconds: int) -> None:
    scenario.pass_time(5)
    scenario.clock.advance(seconds)
    with capture_logs() as said:
        assert not scenario.watchdog.check()
        scenario.pass_time(5)
        assert scenario.watchdog.check()
    assert scenario.jumps == [timedelta(seconds=seconds)]
    assert [line["seconds"] for line in said] == [seconds]


def test_a_stuck_job_is_logged_once_with_its_place_and_so_is_its_end(scenario: Scenario) -> None:
    scenario.health.register("poll main", MINUTE, MINUTE)
    scenario.health.register("work", MINUTE, MINUTE)
    scenario.health.started("poll main")
    with capture_logs() as said:
        for _ in range(3):
            scenario.pass_time(100)
            scenario.health.started("work")
            scenario.health.finished("work")
            assert scenario.watchdog.check()
        scenario.health.finished("poll main")
        scenario.watchdog.check()
    assert [(line["event"], line["job"]) for line in said] == [
        ("a job is stuck", "poll main"),
        ("the job is no longer stuck", "poll main"),
    ]
    assert said[0]["at"] == "jobs.py:1 poll main"


def test_a_dead_scheduler_requires_a_restart(scenario: Scenario) -> None:
    scenario.scheduler.alive = False
    assert not scenario.watchdog.check()


def test_a_clock_jump_restarts_the_daemon_even_if_the_database_fails(scenario: Scenario) -> None:
    def broken(by: timedelta) -> None:
        raise RuntimeError("the database is gone")

    scenario.watchdog._on_jump = broken
    scenario.clock.advance(-3600)
    assert not scenario.watchdog.check()
    assert scenario.watchdog.check()


def test_the_scheduler_locates_a_job_and_knows_whether_it_is_alive() -> None:
    go_on, there = threading.Event(), threading.Event()

    def hang(limit: object) -> None:
        there.set()
        go_on.wait(20)

    scheduler = Scheduler((Job("hanging", HOUR, 60, hang),), Health(utc_now))
    scheduler.start()
    try:
        assert there.wait(20)
        assert scheduler.is_alive()
        assert "test_watchdog.py" in scheduler.location_of("hanging")
        assert " hang" in scheduler.location_of("hanging")
        assert scheduler.location_of("none") == "not running"
    finally:
        go_on.set()
        assert scheduler.stop(lambda: None)
    assert not scheduler.is_alive()


def test_a_thread_that_returns_late_changes_no_finished_post(database: Database, clock: Clock) -> None:
    queue = PostQueue(database)
    queue.discover(Source("home", None), PollResult((a_post(1),), "c"), clock())
    (task,) = queue.claim(clock(), 1, MINUTE)
    reply = Reply("text", "en", 100, 10, 90)
    queue.make_ready(task.row, reply, clock(), clock())
    OutgoingReplies(database).mark_sent(task.row, Comment("7", "1", "https://x.example/7", clock()), clock())
    queue.make_ready(task.row, reply, clock(), clock())
    queue.retry(task.row, "late", clock())
    queue.mark_dead(task.row, "late", clock())
    assert OutgoingReplies(database).next_due("home", clock()) is None
    assert queue.claim(clock() + HOUR, 9, MINUTE) == []
