"""The watch with clocks that stand still until they are set, over a real store and a real scheduler."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.core.models import Comment, PollResult, Reply, Source
from bot.daemon.scheduler import Job, Scheduler
from bot.daemon.tuning import utc_now
from bot.daemon.watchdog import Watchdog
from bot.operations.health import Health
from bot.store import Database, OutgoingReplies, OutgoingReply, PostQueue
from tests.conftest import Clock, a_post

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


class Ticks:
    """A clock that nobody can set."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class FakeScheduler:
    def __init__(self) -> None:
        self.lives = True
        self.woken = 0

    def is_alive(self) -> bool:
        return self.lives

    def run_all_now(self) -> None:
        self.woken += 1

    def location_of(self, name: str) -> str:
        return f"jobs.py:1 {name}"


class World:
    def __init__(self, clock: Clock) -> None:
        self.clock, self.ticks, self.runner = clock, Ticks(), FakeScheduler()
        self.jumps: list[timedelta] = []
        self.health = Health(clock, self.ticks)
        self.watch = Watchdog(self.health, self.runner, self.jumps.append, clock=clock, monotonic=self.ticks)

    def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.ticks.now += seconds


@pytest.fixture
def world(clock: Clock) -> World:
    return World(clock)


def test_time_that_passes_is_no_jump(world: World) -> None:
    for seconds in (5, 5, 86_400, 0):
        world.pass_time(seconds)
        assert world.watch.check()
    assert world.jumps == []
    assert world.runner.woken == 0


@pytest.mark.parametrize("seconds", [-3600, 3600, -86_400 * 400])
def test_a_clock_that_is_set_is_said_once_and_wakes_every_job(world: World, seconds: int) -> None:
    world.pass_time(5)
    world.clock.advance(seconds)
    with capture_logs() as said:
        assert world.watch.check()
        world.pass_time(5)
        assert world.watch.check()
    assert world.jumps == [timedelta(seconds=seconds)]
    assert world.runner.woken == 1
    assert [line["seconds"] for line in said] == [seconds]


def test_a_stuck_job_is_named_once_with_its_place_and_again_when_it_goes_on(world: World) -> None:
    world.health.register("poll main", MINUTE, MINUTE)
    world.health.register("work", MINUTE, MINUTE)
    world.health.started("poll main")
    with capture_logs() as said:
        for _ in range(3):
            world.pass_time(100)
            world.health.started("work")
            world.health.finished("work")
            assert world.watch.check()
        world.health.finished("poll main")
        world.watch.check()
    assert [(line["event"], line["job"]) for line in said] == [
        ("a job is stuck", "poll main"),
        ("the job goes on again", "poll main"),
    ]
    assert said[0]["at"] == "jobs.py:1 poll main"


def test_a_dead_scheduler_asks_for_a_new_start(world: World) -> None:
    world.runner.lives = False
    assert not world.watch.check()


def test_a_watch_that_fails_still_looks(world: World) -> None:
    def broken(by: timedelta) -> None:
        raise RuntimeError("the database is gone")

    world.watch._on_jump = broken
    world.clock.advance(-3600)
    assert world.watch.check()
    assert world.runner.woken == 1


def test_the_scheduler_names_the_place_of_a_job_and_knows_when_it_lives() -> None:
    go_on, there = threading.Event(), threading.Event()

    def hang(limit: object) -> None:
        there.set()
        go_on.wait(20)

    scheduler = Scheduler((Job("hanging", HOUR, 60, hang),), clock=utc_now)
    scheduler.start()
    try:
        assert there.wait(20)
        assert scheduler.is_alive()
        assert "test_watchdog.py" in scheduler.location_of("hanging")
        assert " hang" in scheduler.location_of("hanging")
        assert scheduler.location_of("none") == "in no thread"
    finally:
        go_on.set()
        assert scheduler.stop(lambda: None)
    assert not scheduler.is_alive()


def test_a_clock_that_goes_back_makes_no_post_wait_longer(database: Database, clock: Clock) -> None:
    queue, drafts = PostQueue(database), OutgoingReplies(database)
    source = Source("home", None)
    queue.discover(source, PollResult(tuple(a_post(n) for n in (1, 2, 3)), "c"), clock())
    one, two, three = sorted(queue.claim(clock(), 3, MINUTE), key=lambda task: task.row)
    queue.retry(one.row, "the site is down", clock() + HOUR)
    for task in (two, three):
        queue.make_ready(task.row, Reply("text", "en", 100, 10, 90), clock(), clock())
    drafts.mark_sending(three.row, clock(), clock() + MINUTE)
    clock.advance(-5 * 3600)
    assert queue.shift_due_times(timedelta(hours=-5), clock()) == 3
    assert queue.claim(clock() + HOUR, 9, MINUTE) != []
    assert [draft.row for draft in drafts_due(drafts, clock)] == [two.row]
    clock.advance(60)
    assert {draft.row for draft in drafts_due(drafts, clock)} == {three.row}


def drafts_due(drafts: OutgoingReplies, clock: Clock) -> list[OutgoingReply]:
    draft = drafts.next_due("home", clock())
    return [] if draft is None else [draft]


def test_an_unclear_reply_rests_as_long_when_the_clock_goes_forward(database: Database, clock: Clock) -> None:
    queue, drafts = PostQueue(database), OutgoingReplies(database)
    queue.discover(Source("home", None), PollResult((a_post(1),), "c"), clock())
    (task,) = queue.claim(clock(), 1, MINUTE)
    queue.make_ready(task.row, Reply("text", "en", 100, 10, 90), clock(), clock())
    drafts.mark_sending(task.row, clock(), clock() + MINUTE)
    clock.advance(3600)
    queue.shift_due_times(HOUR, clock())
    assert drafts_due(drafts, clock) == []
    clock.advance(60)
    assert len(drafts_due(drafts, clock)) == 1


def test_nothing_waits_for_a_time_that_was_a_mistake(database: Database, clock: Clock) -> None:
    """The daemon was started with a clock years ahead, and again with the right one."""
    queue = PostQueue(database)
    queue.discover(Source("home", None), PollResult((a_post(1),), "c"), clock())
    (task,) = queue.claim(clock(), 1, timedelta(days=400))
    queue.retry(task.row, "the site is down", clock() + timedelta(days=400))
    queue.shift_due_times(timedelta(0), clock())
    clock.advance(26 * 3600)
    assert len(queue.claim(clock(), 1, MINUTE)) == 1


def test_a_thread_that_comes_back_late_changes_nothing_that_has_ended(
    database: Database, clock: Clock
) -> None:
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
