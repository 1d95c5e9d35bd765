"""What a new leader does first, and what a former leader may still record."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.cluster.takeover import fence_writes, take_over
from bot.cluster.term import Term
from bot.core.errors import LeadershipLost, Unreachable, WriteStopped
from bot.core.models import Comment, PollResult, Reply, Source
from bot.platforms.fencing import Revocation, TokenState, WriteGuard
from bot.store import Accounts, Database, OutgoingReplies, PostQueue, State
from bot.store.account_leaders import AccountLeaders, WonAccount
from bot.store.post_lookup import all_posts
from tests.cluster.test_account_leaders import LEASE, pass_time
from tests.conftest import Clock, a_post

SOURCE = Source("home", "news@lemmy.example")
SETTLE = timedelta(seconds=150)
WAIT = timedelta(minutes=5)
REPLY = Reply("A sentence.", "en", article_words=900, summary_words=90, saved=90)


class FakePlatform:
    """A platform that revokes tokens, unless its server is down."""

    def __init__(self, clock: Clock, wait: timedelta = timedelta(0)) -> None:
        self.write_guard = WriteGuard(clock)
        self.revoked: list[str] = []
        self.is_down = False
        self._wait = wait

    def revoke_token(self, saved: str) -> Revocation:
        if self.is_down:
            raise Unreachable("the server does not answer")
        self.revoked.append(saved)
        return Revocation(TokenState.REVOKED, self._wait)


class TwoLeaders:
    """The node `a` led the account and is paused in the middle of a send; `b` is the new leader."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database, self.clock = database, clock
        self.leaders = AccountLeaders(database)
        self.leaders.add(["home"])
        self.old = self.win("a")
        Accounts(database.guarded(self.old.guard), tokens_must_be_saved=True).save("home", "old token")
        self.row = self.send()
        pass_time(database)
        self.new = self.win("b")

    def win(self, node: str) -> Term:
        (won,) = self.leaders.take(node, ["home"], LEASE)
        return Term(won, node, 1.0, monotonic=lambda: 0.0)

    def send(self) -> int:
        """The row of a reply whose request is about to be sent."""
        queue, now = PostQueue(self.database), self.clock()
        queue.discover(SOURCE, PollResult((a_post(1),), "c"), now)
        (claimed,) = queue.claim(now + timedelta(hours=1), 1, LEASE)
        queue.make_ready(claimed.row, REPLY, now, now)
        assert OutgoingReplies(self.database).mark_sending(claimed.row, now, now + SETTLE) is True
        return claimed.row

    def take_over(self, platform: Any, term: Term | None = None) -> None:
        term = term or self.new
        database = self.database.guarded(term.guard)
        accounts = Accounts(database, tokens_must_be_saved=True)
        take_over(platform, term, database, accounts, self.clock, SETTLE)

    def due_at(self) -> datetime:
        (post,) = all_posts(self.database)
        return post.due_at


@pytest.fixture
def two(database: Database, clock: Clock) -> TwoLeaders:
    return TwoLeaders(database, clock)


def test_the_token_is_revoked_and_what_is_being_sent_settles_again(two: TwoLeaders, clock: Clock) -> None:
    platform = FakePlatform(clock, WAIT)
    clock.advance(60)
    two.take_over(platform)
    assert platform.revoked == ["old token"]
    assert Accounts(two.database).load("home") is None
    assert two.due_at() == clock() + SETTLE + WAIT


def test_the_wait_for_a_token_that_cannot_be_revoked_can_be_set(two: TwoLeaders, clock: Clock) -> None:
    clock.advance(60)
    database = two.database.guarded(two.new.guard)
    accounts = Accounts(database, tokens_must_be_saved=True)
    platform: Any = object()
    take_over(platform, two.new, database, accounts, clock, SETTLE, timedelta(seconds=7))
    assert two.due_at() == clock() + SETTLE + timedelta(seconds=7)


def test_nothing_is_forgotten_while_the_server_does_not_answer(two: TwoLeaders, clock: Clock) -> None:
    platform = FakePlatform(clock)
    platform.is_down = True
    with pytest.raises(Unreachable):
        two.take_over(platform)
    assert Accounts(two.database).load("home") == "old token"
    platform.is_down = False
    two.take_over(platform)
    assert platform.revoked == ["old token"]


def test_a_later_takeover_does_not_shorten_the_wait(two: TwoLeaders, clock: Clock) -> None:
    two.take_over(FakePlatform(clock, WAIT))
    until = two.due_at()
    pass_time(two.database)
    two.take_over(FakePlatform(clock), two.win("c"))
    assert two.due_at() == until


def test_after_a_handover_the_token_is_used_again(two: TwoLeaders, clock: Clock) -> None:
    two.leaders.release("b", "home", two.new.epoch)
    platform, before = FakePlatform(clock), two.due_at()
    two.take_over(platform, two.win("c"))
    assert platform.revoked == []
    assert Accounts(two.database).load("home") == "old token"
    assert two.due_at() == before


def test_a_former_leader_records_a_comment_that_exists_and_nothing_else(
    two: TwoLeaders, clock: Clock
) -> None:
    replies = OutgoingReplies(two.database.guarded(two.old.guard))
    with pytest.raises(LeadershipLost):
        replies.return_to_ready(two.row, clock(), "not stored")
    with pytest.raises(LeadershipLost):
        replies.postpone(two.row, clock(), "no answer")
    replies.mark_sent(two.row, Comment("7", "1", "https://lemmy.example/comment/7", clock()), clock())
    (post,) = all_posts(two.database)
    assert (post.state, post.comment_id) == (State.SENT, "7")
    new = OutgoingReplies(two.database.guarded(two.new.guard))
    assert new.mark_sending(two.row, clock(), clock()) is False
    new.mark_sent(two.row, Comment("8", "1", "https://lemmy.example/comment/8", clock()), clock())
    assert all_posts(two.database)[0].comment_id == "7"


def test_a_write_call_is_stopped_when_another_node_leads(two: TwoLeaders, clock: Clock) -> None:
    platform: Any = FakePlatform(clock)
    check = fence_writes(platform, two.old, "a", two.leaders)
    with pytest.raises(LeadershipLost):
        check()
    with pytest.raises(WriteStopped):
        platform.write_guard.check()
    fence_writes(platform, two.new, "b", two.leaders)()


def test_a_write_call_is_stopped_after_the_deadline_without_asking_the_database(clock: Clock) -> None:
    term = Term(WonAccount("home", 1, handed_over=True), "a", 10.0, monotonic=lambda: 10.0)
    unused: Any = None
    with pytest.raises(LeadershipLost):
        fence_writes(unused, term, "a", unused)()
    assert clock() < datetime.now(UTC)
