"""The poller over a fake platform: an error is logged once and does not block the other sources."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, event
from structlog.testing import capture_logs

from bot.core.errors import AccountError, PlatformError, Unreachable
from bot.core.models import PollResult, Post, Skipped, Source
from bot.core.poll_interval import PollInterval
from bot.core.skip_reasons import SkipReason
from bot.core.time_limit import TimeLimit
from bot.daemon.housekeeping import erase_deleted_posts
from bot.daemon.poller import Poller
from bot.platforms.base import Identity
from bot.store import Accounts, Database, PostQueue
from bot.store.post_lookup import all_posts
from bot.store.status_reports import status_report
from tests.conftest import START, Clock, a_post

SOURCES = (Source("home", "private"), Source("home", "news"))


class FakePlatform:
    account = "home"

    def __init__(self) -> None:
        self.failing: dict[str, PlatformError] = {}
        self.polled: list[str] = []
        self.asked: list[tuple[str, ...]] = []
        self.gone: frozenset[str] = frozenset()
        self.asking_fails: PlatformError | None = None
        self.waiting: list[Post] | None = None

    def connect(self) -> Identity:
        return Identity("precis", "1", bot_flag=True)

    def poll(self, source: Source, cursor: str | None, since: datetime) -> PollResult:
        name = source.community or ""
        self.polled.append(name)
        if name in self.failing:
            raise self.failing[name]
        if self.waiting is not None:
            found, self.waiting[:] = tuple(self.waiting), []
            return PollResult(found, "-")
        return PollResult((a_post(len(self.polled)),), "-")

    def quiet_from(self, number: int) -> list[Post]:
        """Return a list whose posts are polled once from now on; it contains the first post."""
        self.waiting = [a_post(number)]
        return self.waiting

    def find_deleted_posts(self, post_ids: tuple[str, ...]) -> frozenset[str]:
        self.asked.append(post_ids)
        if self.asking_fails:
            raise self.asking_fails
        return self.gone & frozenset(post_ids)


@pytest.fixture
def platform() -> FakePlatform:
    return FakePlatform()


@pytest.fixture
def poller(platform: FakePlatform, database: Database, clock: Clock) -> Poller:
    return Poller(
        platform,  # type: ignore[arg-type]
        SOURCES,
        queue=PostQueue(database),
        accounts=Accounts(database),
        clock=clock,
        max_age=lambda source: timedelta(days=1),
    )


def test_a_poll_during_which_the_clock_was_set_back_is_repeated(
    poller: Poller, platform: FakePlatform, database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It took recent posts for too old, and must not record them as read."""
    clock.advance(86_400)
    poll = platform.poll

    def poll_while_the_clock_is_set(source: Source, cursor: str | None, since: datetime) -> PollResult:
        result = poll(source, cursor, since)
        clock.now = START
        return result

    monkeypatch.setattr(platform, "poll", poll_while_the_clock_is_set)
    assert poller.run(a_run()) == 1, "the second source was polled after the clock was set"
    assert PostQueue(database).cursor(SOURCES[0], START) is None
    assert poller.run(a_run()) == 2
    assert PostQueue(database).cursor(SOURCES[0], START) == "-"


def test_a_pass_that_finds_nothing_is_one_commit(
    poller: Poller, platform: FakePlatform, database: Database
) -> None:
    platform.waiting = []
    poller.run(a_run())
    with counted_commits(database) as commits:
        assert poller.run(a_run()) == 0
    assert len(commits) == 1
    assert len(platform.polled) == 4
    assert [PostQueue(database).cursor(source, START) for source in SOURCES] == ["-", "-"]


def test_new_posts_are_saved_before_the_next_source_is_polled(
    poller: Poller, platform: FakePlatform, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved: list[int] = []
    poll = platform.poll

    def poll_and_count(source: Source, cursor: str | None, since: datetime) -> PollResult:
        saved.append(len(all_posts(database)))
        return poll(source, cursor, since)

    monkeypatch.setattr(platform, "poll", poll_and_count)
    poller.run(a_run())
    assert saved == [0, 1]


def test_what_a_clock_that_was_ahead_has_read_is_read_again(
    poller: Poller, platform: FakePlatform, database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also a source that was polled before the clock was set, in the same pass."""
    clock.advance(86_400)
    platform.waiting = []
    poll = platform.poll

    def set_clock_before_the_second(source: Source, cursor: str | None, since: datetime) -> PollResult:
        if source == SOURCES[1]:
            clock.now = START
        return poll(source, cursor, since)

    monkeypatch.setattr(platform, "poll", set_clock_before_the_second)
    poller.run(a_run())
    assert PostQueue(database).cursor(SOURCES[0], START) is None


@contextmanager
def counted_commits(database: Database) -> Iterator[list[None]]:
    """A list that grows with each commit of a write transaction."""
    commits: list[None] = []

    def count(connection: Connection) -> None:
        if not connection.get_execution_options().get("reading"):
            commits.append(None)

    event.listen(database._engine, "commit", count)
    yield commits
    event.remove(database._engine, "commit", count)


def a_run() -> TimeLimit:
    return TimeLimit.start(threading.Event(), 60)


def test_a_private_community_is_logged_once_and_the_others_are_polled(
    poller: Poller, platform: FakePlatform, database: Database
) -> None:
    platform.failing["private"] = Unreachable("r/private is private")
    with capture_logs() as lines:
        new = sum(poller.run(a_run()) for _ in range(5))
    assert new == 5
    assert [line["source"] for line in lines if line["event"] == "poll failed"] == ["home/private"]
    errors = {source.source: source.error for source in status_report(database).sources}
    assert errors == {"home/private": "r/private is private", "home/news": None}


def test_a_bug_in_reading_one_community_does_not_keep_the_others_from_being_polled(
    poller: Poller, platform: FakePlatform, database: Database
) -> None:
    platform.failing["private"] = ZeroDivisionError("a bug")  # type: ignore[assignment]
    with capture_logs() as lines:
        assert poller.run(a_run()) == 1
    assert [line["event"] for line in lines if "exc_info" in line] == [
        "a call failed with an unexpected error"
    ]
    errors = {source.source: source.error for source in status_report(database).sources}
    assert errors == {"home/private": "ZeroDivisionError: a bug", "home/news": None}


def test_a_server_that_works_again_is_logged_and_so_is_its_next_failure(
    poller: Poller, platform: FakePlatform
) -> None:
    platform.failing["private"] = Unreachable("r/private is private")
    with capture_logs() as lines:
        poller.run(a_run())
        del platform.failing["private"]
        poller.run(a_run())
        platform.failing["private"] = Unreachable("r/private is private")
        poller.run(a_run())
    told = [line["event"] for line in lines if line.get("source") == SOURCES[0].key]
    assert told == ["poll failed", "polls work again", "new posts", "poll failed"]


def test_an_account_that_cannot_be_used_is_not_polled_for_a_while(
    poller: Poller, platform: FakePlatform, database: Database, clock: Clock
) -> None:
    platform.failing["private"] = AccountError("The account is suspended.", "Log in and look.")
    for _ in range(3):
        poller.run(a_run())
    assert platform.polled == ["private"]
    assert status_report(database).account_errors == {"home": "The account is suspended. Log in and look."}
    platform.failing.clear()
    clock.advance(15 * 60)
    assert poller.run(a_run()) == 2
    assert not status_report(database).account_errors


def test_deleted_posts_are_erased_and_each_post_is_checked_once_a_day(
    platform: FakePlatform, database: Database, clock: Clock
) -> None:
    queue = PostQueue(database)
    queue.discover(SOURCES[0], PollResult((a_post(1), a_post(2), a_post(3)), "-"), clock())
    for task in queue.claim(clock(), 2, timedelta(minutes=5)):  # the third is not processed yet
        queue.skip(task.row, Skipped(SkipReason.WALL), clock())
    platform.gone = frozenset({"1", "3"})

    def ask() -> int:
        return erase_deleted_posts(platform, queue, clock())  # type: ignore[arg-type]

    platform.asking_fails = Unreachable("down")
    assert ask() == 0
    platform.asking_fails = None
    assert ask() == 1
    assert [bool(report.title) for report in all_posts(database)] == [True, True, False]
    assert ask() == 0
    clock.advance(24 * 3600 + 1)
    platform.gone = frozenset({"2"})
    assert ask() == 1
    assert platform.asked == [("2", "3"), ("2", "3"), ("2",)]


def test_a_quiet_account_is_polled_less_often_until_it_has_new_posts(
    platform: FakePlatform, database: Database, clock: Clock
) -> None:
    interval = PollInterval(timedelta(seconds=60), timedelta(seconds=90))
    poller = Poller(
        platform,  # type: ignore[arg-type]
        SOURCES[1:],
        queue=PostQueue(database),
        accounts=Accounts(database),
        clock=clock,
        max_age=lambda source: timedelta(days=1),
        interval=interval,
    )
    batches = platform.quiet_from(1)
    start, polled = clock(), []
    for tick in range(0, 30 * 60, int(interval.check_every.total_seconds())):
        clock.now = start + timedelta(seconds=tick + (0.4 if tick % 60 else 0))  # ticks are a little late
        before = len(platform.polled)
        if tick == 1200:
            batches.append(a_post(2))
        poller.run(a_run())
        polled += [tick] * (len(platform.polled) - before)
    pauses = [later - earlier for earlier, later in itertools.pairwise(polled)]
    assert pauses[:9] == [60] * 9
    assert set(pauses[9:15]) == {90}
    assert pauses[-8:] == [60] * 8


def test_a_poll_interval_without_a_quiet_interval_stays_the_same() -> None:
    interval = PollInterval(timedelta(minutes=5), timedelta(seconds=90))
    polled = START
    assert interval.check_every == timedelta(minutes=5)
    assert interval.is_due(polled + timedelta(minutes=5), polled, polled - timedelta(hours=3))
    assert not interval.is_due(polled + timedelta(minutes=2), polled, polled - timedelta(hours=3))
    assert interval.is_due(polled - timedelta(minutes=1), polled, polled)  # the clock was set back
