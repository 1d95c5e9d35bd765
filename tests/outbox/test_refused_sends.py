"""A refused request uses its Idempotency-Key up: the next one has another, also after a restart.

Real adapters over HTTP to a Lemmy 1.0, with a real database.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from bot.core.models import Reply, Source
from bot.outbox.exactly_once import ExactlyOnceSender
from bot.outbox.message_outbox import MessageOutbox
from bot.outbox.reply_outbox import ReplyOutbox, SendTiming, gone_or_locked
from bot.platforms.lemmy import Lemmy
from bot.sandbox.faults import Fault, FaultInjector
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
from tests.conftest import Clock

LIMITS = {"comment": (6, 60)}
"""The pause after a refusal is shorter than the server remembers a key."""


@pytest.fixture
def server(clock: Clock) -> Iterator[LemmySandbox]:
    with LemmySandbox(version="1.0.0-beta.1", clock=clock, limits=LIMITS, faults=FaultInjector()) as server:
        server.state.add_person("precis", password="right", bot_account=True)
        clock.advance(600)  # so that everything is younger than the database
        yield server


def started(server: LemmySandbox, database: Database, clock: Clock, kind: str) -> ExactlyOnceSender[Any]:
    """The outbox of a daemon that has just started."""
    platform = Lemmy(
        account="home",
        base_url=server.url,
        username="precis",
        password="right",
        token_store=Accounts(database),
        user_agent="refused/1",
        clock=clock,
    )
    shared: dict[str, Any] = {
        "accounts": Accounts(database),
        "created_at": database.created_at(),
        "clock": clock,
        "timing": SendTiming(),
    }
    if kind == "message":
        messages = OutgoingMessages(database)
        return MessageOutbox(platform, platform.messaging(), messages=messages, **shared)
    return ReplyOutbox(
        platform,
        replies=OutgoingReplies(database),
        queue=PostQueue(database),
        muted_communities=MutedCommunities(database),
        check_post=gone_or_locked,
        messaging=platform.messaging(),
        **shared,
    )


def put_into_outbox(server: LemmySandbox, database: Database, clock: Clock, kind: str) -> None:
    state, queue = server.state, PostQueue(database)
    community, alice = state.add_community("news"), state.add_person("alice")
    post = state.add_post(community, alice, "Boats", "https://paper.example/1", published=clock())
    if kind == "message":
        comment = state.add_comment(post, alice, "What is this?")
        answer = NewOutgoingMessage(
            account="home",
            idempotency_key="answer",
            recipient=f"alice@{state.host}",
            markdown="A bot.",
            read_back_from=clock(),
            community=f"news@{state.host}",
            post_id=str(post.id),
            comment_id=str(comment.id),
        )
        assert OutgoingMessages(database).add(answer, clock())
        return
    source = Source("home", f"news@{state.host}")
    outbox = started(server, database, clock, kind)
    found = outbox._platform.poll(source, None, clock() - timedelta(hours=1))  # type: ignore[attr-defined]
    queue.discover(source, found, clock())
    (task,) = queue.claim(clock(), 1, timedelta(minutes=5))
    queue.make_ready(task.row, Reply("Text.", "en", 900, 90, 90), clock(), clock())


@pytest.mark.parametrize("kind", ["reply", "message"])
@pytest.mark.parametrize("restart", [False, True])
def test_the_next_send_after_a_refusal_is_stored_at_once(
    server: LemmySandbox, database: Database, clock: Clock, kind: str, restart: bool
) -> None:
    put_into_outbox(server, database, clock, kind)
    outbox = started(server, database, clock, kind)
    server.faults.plan(Fault.RATE_LIMIT)
    while outbox.process_next():
        pass
    assert server.faults.injected == (Fault.RATE_LIMIT,)
    clock.advance(61)
    if restart:
        outbox = started(server, database, clock, kind)
    while outbox.process_next():
        pass
    sent = [comment for comment in server.state.all_comments() if comment.creator.name == "precis"]
    assert len(sent) == 1
    keys = [
        request.headers["Idempotency-Key"]
        for request in server.requests
        if (request.method, request.path) == ("POST", "/api/v4/comment")
    ]
    assert len(set(keys)) == len(keys) == 2
