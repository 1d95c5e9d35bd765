"""A send that is stopped before its request, and the takeover by another node.

Real adapters over HTTP to a Lemmy 1.0, with a real database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from bot.core.errors import StoreError
from bot.core.models import Reply, Source
from bot.outbox.exactly_once import ExactlyOnceSender
from bot.outbox.message_outbox import MessageOutbox
from bot.outbox.reply_outbox import ReplyOutbox, SendTiming, gone_or_locked
from bot.platforms.fencing import TokenState, revoke_last_token
from bot.platforms.lemmy import Lemmy
from bot.sandbox.lemmy import LemmySandbox
from bot.store import (
    Accounts,
    Database,
    MutedCommunities,
    NewOutgoingMessage,
    OutgoingMessages,
    OutgoingReplies,
    PostQueue,
)
from bot.store.post_lookup import all_posts
from tests.conftest import Clock

TIMING = SendTiming()


@pytest.fixture
def server(clock: Clock) -> Iterator[LemmySandbox]:
    with LemmySandbox(version="1.0.0-beta.1", clock=clock, limits=None) as server:
        server.state.add_person("precis", password="right", bot_account=True)
        clock.advance(600)  # so that everything is younger than the database
        yield server


class Node:
    """The outbox of one node. `kind` is "reply" or "message"."""

    def __init__(
        self,
        server: LemmySandbox,
        database: Database,
        clock: Clock,
        kind: str,
        before_request: Callable[[], None] | None = None,
    ) -> None:
        self.accounts = Accounts(database, tokens_must_be_saved=True)
        self.platform = Lemmy(
            account="home",
            base_url=server.url,
            username="precis",
            password="right",
            token_store=self.accounts,
            user_agent="stopped/1",
            clock=clock,
        )
        shared: dict[str, Any] = {
            "accounts": self.accounts,
            "created_at": database.created_at(),
            "clock": clock,
            "timing": TIMING,
            "before_request": before_request,
        }
        self.outbox: ExactlyOnceSender[Any]
        if kind == "message":
            messages = OutgoingMessages(database)
            self.outbox = MessageOutbox(self.platform, self.platform.messaging(), messages=messages, **shared)
        else:
            self.outbox = ReplyOutbox(
                self.platform,
                replies=OutgoingReplies(database),
                queue=PostQueue(database),
                muted_communities=MutedCommunities(database),
                check_post=gone_or_locked,
                **shared,
            )

    def take_over(self) -> None:
        revocation = revoke_last_token(self.platform, self.accounts, "home")
        assert revocation.state is TokenState.REVOKED
        self.platform.connect()


def add_ready_item(server: LemmySandbox, database: Database, clock: Clock, kind: str) -> None:
    author = server.state.add_person("Alice")
    if kind == "message":
        message = NewOutgoingMessage(
            "home", "key", f"alice@{server.state.host}", "Hello.", read_back_from=clock()
        )
        OutgoingMessages(database).add(message, clock())
        return
    community = server.state.add_community("news")
    server.state.add_post(community, author, "A title", "https://news.example/1")
    node, source = Node(server, database, clock, kind), Source("home", f"news@{server.state.host}")
    queue = PostQueue(database)
    since = clock() - timedelta(hours=1)
    queue.discover(source, node.platform.poll(source, None, since), clock())
    (task,) = queue.claim(clock(), 1, timedelta(minutes=1))
    queue.make_ready(task.row, Reply("Text.", "en", 900, 90, 90), clock(), clock())


def received(server: LemmySandbox) -> int:
    """Comments and private messages that the server stored."""
    return len(server.state.all_comments()) + len(server.state.all_private_messages())


def stop() -> None:
    raise StoreError("another node leads the account")


@pytest.mark.parametrize("kind", ["reply", "message"])
@pytest.mark.parametrize("place", ["before the request", "before the first byte"])
def test_a_stopped_send_is_ready_again_and_does_not_count(
    server: LemmySandbox, database: Database, clock: Clock, kind: str, place: str
) -> None:
    add_ready_item(server, database, clock, kind)
    node = Node(server, database, clock, kind, stop if place == "before the request" else None)
    node.platform.connect()
    if place == "before the first byte":
        node.platform.write_guard.use(stop)
    assert not node.outbox.process_next()
    assert received(server) == 0
    item = node.outbox._store.next_due("home", clock())
    assert (item.state, item.sends, item.sending_at, item.refused_sends) == ("ready", 0, None, 0)
    Node(server, database, clock, kind).outbox.process_next()
    assert received(server) == 1


def test_a_stopped_send_keeps_the_sends_before_it(
    server: LemmySandbox, database: Database, clock: Clock
) -> None:
    add_ready_item(server, database, clock, "reply")
    replies = OutgoingReplies(database)
    first = clock()
    replies.mark_sending(1, first, first)
    replies.return_to_ready(1, first, "was not stored")
    clock.advance(60)
    node = Node(server, database, clock, "reply", stop)
    assert not node.outbox.process_next()
    item = replies.next_due("home", clock())
    assert item is not None
    assert (item.state, item.sends) == ("ready", 1)
    assert item.sending_at is not None


@pytest.mark.parametrize("state", ["sent", "skipped"])
def test_only_a_row_that_is_sending_returns_to_ready(
    server: LemmySandbox, database: Database, clock: Clock, state: str
) -> None:
    """The next leader may have finished the row when the paused node goes on."""
    add_ready_item(server, database, clock, "reply")
    if state == "sent":
        Node(server, database, clock, "reply").outbox.process_next()
    else:
        server.state.posts[1].locked = True
        Node(server, database, clock, "reply").outbox.process_next()
    OutgoingReplies(database).cancel_send(1, clock(), "too late")
    assert [report.state for report in all_posts(database)] == [state]


@pytest.mark.parametrize("kind", ["reply", "message"])
@pytest.mark.parametrize("new_leader_sends", ["before", "after"])
def test_a_node_that_was_paused_during_a_takeover_sends_nothing(
    server: LemmySandbox, database: Database, clock: Clock, kind: str, new_leader_sends: str
) -> None:
    """It was paused between its check and its request. It wakes before or after the new leader sends."""
    add_ready_item(server, database, clock, kind)
    new = Node(server, database, clock, kind)
    woken: list[bool] = []

    def send_as_new_leader() -> None:
        new.outbox._store.restart_settling(clock() + TIMING.settle)  # type: ignore[attr-defined]
        clock.advance(TIMING.settle.total_seconds())
        for _ in range(TIMING.empty_reads + 1):
            new.outbox.process_next()
            clock.advance(TIMING.read_gap.total_seconds())

    def pause() -> None:
        if woken:
            stop()
        woken.append(True)
        new.take_over()
        if new_leader_sends == "before":
            send_as_new_leader()

    old = Node(server, database, clock, kind)
    old.platform.connect()
    old.platform.write_guard.use(pause)
    assert not old.outbox.process_next()
    if new_leader_sends == "after":
        assert received(server) == 0
        new.outbox.process_next()
    assert woken
    assert received(server) == 1
