"""Jobs that work on a queue run when there may be work: with a clock, a real file, and a real scheduler."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from structlog.testing import capture_logs

from bot.core.clock import utc_now
from bot.core.errors import StoreError
from bot.core.models import PollResult, Source
from bot.core.time_limit import TimeLimit
from bot.daemon import scheduler as scheduler_module
from bot.daemon.queue_watch import LONGEST_PAUSE, QueueWatch
from bot.daemon.scheduler import Job, Scheduler
from bot.operations.health import Health
from bot.store import Database, PostQueue
from bot.store.file_state import FileState
from tests.conftest import Clock, a_post

SECOND = timedelta(seconds=1)


class Scenario:
    """One job, whose queue and database the test sets."""

    def __init__(self, clock: Clock, pause: timedelta = SECOND) -> None:
        self.clock = clock
        self.number: int | None = 1
        self.next_due: datetime | None = None
        self.error: Exception | None = None
        self.started: list[str] = []
        self.watch = QueueWatch(
            {"send": (self.read_next_due, pause)}, lambda: self.number, clock, self.started.append
        )

    def read_next_due(self) -> datetime | None:
        if self.error is not None:
            raise self.error
        return self.next_due

    def run(self, *, failed: bool = False) -> None:
        self.watch.record_start("send")
        self.watch.record_end("send", failed=failed)

    def starts_after(self, seconds: float) -> bool:
        self.clock.advance(seconds)
        self.started.clear()
        self.watch.check()
        return self.started == ["send"]


@pytest.fixture
def scenario(clock: Clock) -> Scenario:
    """After the first two runs: the second sees what changed during the first."""
    scenario = Scenario(clock)
    assert scenario.starts_after(0)
    scenario.run()
    return scenario


def test_nothing_starts_without_a_change_or_a_due_time(scenario: Scenario) -> None:
    assert not any(scenario.starts_after(1) for _ in range(300))


def test_a_change_of_the_database_starts_one_run(scenario: Scenario) -> None:
    scenario.number = 2
    assert scenario.starts_after(1)
    scenario.run()
    assert not scenario.starts_after(1)


def test_a_change_during_a_run_starts_another_one(scenario: Scenario) -> None:
    scenario.number = 2
    assert scenario.starts_after(1)
    scenario.watch.record_start("send")
    scenario.number = 3
    assert not scenario.starts_after(1), "the job is running"
    scenario.watch.record_end("send", failed=False)
    assert scenario.starts_after(1)


def test_a_run_starts_when_something_is_due(scenario: Scenario) -> None:
    scenario.next_due = scenario.clock() + 30 * SECOND
    scenario.run()
    assert not scenario.starts_after(29)
    assert scenario.starts_after(1)


def test_what_stays_due_is_tried_again_at_the_interval(clock: Clock) -> None:
    scenario = Scenario(clock, pause=5 * SECOND)
    scenario.next_due = clock() - SECOND
    scenario.run()
    assert [scenario.starts_after(1) for _ in range(5)] == [False] * 4 + [True]


def test_a_failed_run_is_tried_again_at_the_interval(scenario: Scenario) -> None:
    scenario.run(failed=True)
    assert scenario.starts_after(1)


def test_a_queue_that_cannot_be_read_is_tried_again(scenario: Scenario) -> None:
    for error in (StoreError("The disk is full.", "Free some space."), RuntimeError("a bug")):
        scenario.error = error
        with capture_logs() as said:
            scenario.run()
        assert [line["log_level"] for line in said] == ["debug" if isinstance(error, StoreError) else "error"]
        assert scenario.starts_after(1)


def test_a_database_that_cannot_tell_leads_to_runs_at_the_interval(scenario: Scenario) -> None:
    scenario.number = None
    assert scenario.starts_after(1)
    scenario.run()
    assert scenario.starts_after(1)


def test_a_clock_that_was_set_back_holds_nothing_up(scenario: Scenario) -> None:
    scenario.number = 2
    assert scenario.starts_after(-3600)


@pytest.fixture
def file_state(database: Database) -> Iterator[FileState]:
    assert database.path is not None
    state = FileState(database.path)
    yield state
    state.close()


def test_each_commit_of_any_connection_changes_the_number(
    database: Database, file_state: FileState, clock: Clock
) -> None:
    first = file_state.number()
    assert file_state.number() == first is not None
    queue = PostQueue(database)
    queue.discover(Source("home", None), PollResult((a_post(1),), "c"), clock())
    second = file_state.number()
    assert second != first
    assert queue.claim(clock() - timedelta(days=9), 1, SECOND) == []
    assert file_state.number() == second, "a look at the queue is not a change"
    assert database.path is not None
    other = Database(database.path, clock())  # of a command
    PostQueue(other).discover(Source("home", None), PollResult((a_post(2),), "d"), clock())
    other.close()
    assert file_state.number() != second


def test_a_file_that_cannot_be_read_has_no_number(database: Database) -> None:
    assert database.path is not None
    state = FileState(database.path.with_name("other.db"))
    assert state.number() is None


def test_the_scheduler_runs_a_job_for_a_change_and_not_every_second(
    database: Database, file_state: FileState, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks, processed = Checks(), threading.Event()
    monkeypatch.setattr(scheduler_module, "CHECK_INTERVAL", 0.01)
    queue, source = PostQueue(database), Source("home", None)
    runs = 0

    def process(limit: TimeLimit) -> int:
        nonlocal runs
        runs += 1
        found = queue.claim(clock() + timedelta(hours=1), 10, SECOND)
        if found:
            processed.set()
        return len(found)

    def number() -> int | None:
        checks.count()
        return file_state.number()

    job = Job("process", timedelta(0), 60, process, next_due=queue.next_due_at)
    health = Health(utc_now)
    scheduler = Scheduler((job,), health, number, clock)
    scheduler.start()
    try:
        checks.wait_for(100)
        (state,) = health.jobs()
        assert state.every == LONGEST_PAUSE
        before = runs
        assert before <= 3
        checks.wait_for(100)
        assert runs == before
        assert scheduler.is_alive()
        queue.discover(source, PollResult((a_post(1),), "c"), clock())
        assert processed.wait(20)
    finally:
        assert scheduler.stop(lambda: None)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_scheduler_without_its_watch_is_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    failed = threading.Event()
    monkeypatch.setattr(scheduler_module, "CHECK_INTERVAL", 0.01)

    def number() -> int | None:
        failed.set()
        raise SystemExit

    job = Job("send", SECOND, 60, lambda limit: 0, next_due=lambda: None)
    scheduler = Scheduler((job,), Health(utc_now), number)
    scheduler.start()
    try:
        assert failed.wait(20)
        scheduler._watch_thread.join(20)
        assert not scheduler.is_alive()
    finally:
        assert scheduler.stop(lambda: None)


def test_a_check_that_ends_after_the_scheduler_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    checking, stopped, errors = threading.Event(), threading.Event(), []
    monkeypatch.setattr(scheduler_module, "CHECK_INTERVAL", 0.01)
    monkeypatch.setattr(threading, "excepthook", errors.append)

    def number() -> int | None:
        checking.set()
        assert stopped.wait(20)
        return 1

    job = Job("send", timedelta(0), 60, lambda limit: 0, next_due=lambda: None)
    scheduler = Scheduler((job,), Health(utc_now), number)
    scheduler.start()
    assert checking.wait(20)
    assert scheduler.stop(lambda: None)
    stopped.set()
    scheduler._watch_thread.join(20)
    assert not scheduler._watch_thread.is_alive()
    assert errors == []


class Checks:
    """Counts the checks of a watch."""

    def __init__(self) -> None:
        self._counted = threading.Semaphore(0)

    def count(self) -> None:
        self._counted.release()

    def wait_for(self, number: int) -> None:
        for _ in range(number):
            assert self._counted.acquire(timeout=20)
