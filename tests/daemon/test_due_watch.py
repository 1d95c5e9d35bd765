"""Jobs of a node run when one query says that they have something to do, and not while they run."""

from __future__ import annotations

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.core.errors import StoreError
from bot.core.messages import Message, MessageKind
from bot.core.models import Comment, PollResult, Reply, Source
from bot.daemon.due_watch import DueWatch
from bot.store import Database, OutgoingReplies, PostQueue, ReceivedMessages
from bot.store.account_work import DueWork, find_due_work
from bot.store.post_states import State
from tests.conftest import Clock, a_post

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
REPLY = Reply("A sentence.", "en", article_words=900, summary_words=90, saved=90)
NOTHING = DueWork(reply=False, refetch=False, message=False, follow_up=False)


class Scenario:
    """Two jobs, and what is due as the test sets it."""

    def __init__(self) -> None:
        self.time = 0.0
        self.due: tuple[str, ...] = ()
        self.error: Exception | None = None
        self.started: list[str] = []
        self.watch = DueWatch(
            {"send": SECOND, "follow up": 5 * SECOND},
            self.find_due,
            self.started.append,
            monotonic=lambda: self.time,
        )

    def find_due(self) -> tuple[str, ...]:
        if self.error is not None:
            raise self.error
        return self.due

    def starts_at(self, time: float) -> list[str]:
        self.time = time
        self.started.clear()
        self.watch.check()
        return list(self.started)

    def run(self, name: str, *, failed: bool = False) -> None:
        self.watch.record_start(name)
        self.watch.record_end(name, failed=failed)


@pytest.fixture
def scenario() -> Scenario:
    return Scenario()


def test_only_jobs_that_have_something_to_do_start(scenario: Scenario) -> None:
    assert scenario.starts_at(0) == []
    scenario.due = ("send",)
    assert scenario.starts_at(1) == ["send"]


def test_a_job_does_not_start_while_it_runs(scenario: Scenario) -> None:
    scenario.due = ("send",)
    scenario.watch.record_start("send")
    assert scenario.starts_at(10) == []
    scenario.watch.record_end("send", failed=True)
    assert scenario.starts_at(11) == ["send"]


def test_each_job_waits_for_its_own_interval(scenario: Scenario) -> None:
    scenario.due = ("send", "follow up")
    assert scenario.starts_at(0) == ["send", "follow up"]
    scenario.time = 0.1  # the threads of the jobs start a little later
    scenario.run("send")
    scenario.run("follow up")
    assert scenario.starts_at(1) == ["send"]
    assert scenario.starts_at(4) == ["send"]
    assert scenario.starts_at(5) == ["send", "follow up"]


@pytest.mark.parametrize(
    ("error", "level"), [(StoreError("No server.", "Wait.", temporary=True), "debug"), (TypeError(), "error")]
)
def test_after_an_error_the_next_check_asks_again(scenario: Scenario, error: Exception, level: str) -> None:
    scenario.due, scenario.error = ("send",), error
    with capture_logs() as said:
        assert scenario.starts_at(0) == []
    assert [line["log_level"] for line in said] == [level]
    scenario.error = None
    assert scenario.starts_at(1) == ["send"]


def test_one_query_finds_what_each_queue_has_to_do(database: Database, clock: Clock) -> None:
    def due(account: str = "home") -> DueWork:
        return find_due_work(database, account, clock(), clock() - 3 * DAY)

    queue, replies = PostQueue(database), OutgoingReplies(database, first_check=DAY)
    assert due() == NOTHING
    queue.discover(Source("home", None), PollResult((a_post(1),), "c"), clock())
    assert due() == NOTHING  # a task of the cluster processes it
    queue.make_ready(1, REPLY, clock(), clock() + SECOND)
    assert due() == NOTHING
    clock.advance(1)
    assert (due().reply, due("away").reply) == (True, False)
    replies.mark_sending(1, clock(), clock() + 60 * SECOND)
    assert due() == NOTHING
    clock.advance(60)
    assert due().reply  # to be read back
    replies.mark_sent(1, Comment("c1", "1", "https://lemmy.example/comment/1", clock()), clock())
    assert due() == DueWork(reply=False, refetch=False, message=False, follow_up=True)  # to distinguish
    database.update_post(1, (State.SENT,), distinguish_done=True)
    assert due() == NOTHING
    clock.advance(DAY.total_seconds())
    assert due().follow_up  # the first check
    database.update_post(1, (State.SENT,), reply_check_at=None, delete_at=clock())
    assert due().follow_up
    assert not due("away").follow_up


def test_it_finds_posts_to_read_again_and_messages(database: Database, clock: Clock) -> None:
    queue = PostQueue(database)
    queue.discover(Source("home", None), PollResult((a_post(1),), "c"), clock())
    database.update_post(1, (State.DISCOVERED,), refetch=True)
    message = Message("away", "private-1", MessageKind.PRIVATE, "alice@a.example", "help", clock())
    ReceivedMessages(database).add(message, clock())
    assert find_due_work(database, "home", clock(), clock()).refetch
    found = find_due_work(database, "away", clock(), clock())
    assert found == DueWork(reply=False, refetch=False, message=True, follow_up=False)
