"""Replies, skips, deletions, failures and bans arrive as JSON, each once, without text of strangers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.core.models import Comment, PollResult, Reply, Skipped, Source
from bot.core.skip_reasons import SkipReason
from bot.notices import background_sender, event_sender
from bot.notices.event_sender import MAX_AGE, EventSender
from bot.notices.factory import make_event_sender
from bot.sandbox.loopback_server import Response
from bot.store import Database, MutedCommunities, MutedCommunity, OutgoingReplies, PostQueue, SentReplies
from tests.conftest import Clock, a_post
from tests.notices.conftest import WriteConfig
from tests.notices.hook import Hook

SOURCE = Source("home", "news@lemmy.example")
REPLY = Reply("A sentence.", "en", article_words=900, summary_words=90, saved=90)


def sender_for(
    write: WriteConfig, hook: Hook, database: Database, clock: Clock, only: str = "[]"
) -> EventSender:
    config = write(f'[events]\nurl = "{hook.url}"\nonly = {only}\n')
    made = make_event_sender(config, database, clock)
    assert made is not None
    return made


def run(sender: EventSender) -> None:
    sender.run()
    sender.wait(10)


def received(hook: Hook) -> list[dict[str, Any]]:
    return [event for body in hook.bodies() for event in body["events"]]


def found_post(database: Database, clock: Clock, number: int) -> int:
    post = a_post(number, title="A title of a stranger")
    PostQueue(database).discover(SOURCE, PollResult((post,), "c"), clock())
    (claimed,) = PostQueue(database).claim(clock(), 1, timedelta(minutes=1))
    return claimed.row


def skip(database: Database, clock: Clock, number: int) -> None:
    row = found_post(database, clock, number)
    PostQueue(database).skip(row, Skipped(SkipReason.FLAIR, "the flair of a stranger"), clock())


def reply(database: Database, clock: Clock, number: int) -> int:
    row = found_post(database, clock, number)
    PostQueue(database).make_ready(row, REPLY, clock(), clock())
    replies = OutgoingReplies(database)
    replies.mark_sending(row, clock(), clock())
    comment = Comment(f"9{number}", f"{number}", f"https://lemmy.example/comment/9{number}", clock())
    replies.mark_sent(row, comment, clock())
    return row


def test_each_event_arrives_once(
    database: Database, clock: Clock, hook: Hook, config_with: WriteConfig
) -> None:
    skip(database, clock, 1)
    sender = sender_for(config_with, hook, database, clock)
    run(sender)
    assert hook.requests == [], "what happened before the first start is not sent"
    clock.advance(60)
    row = reply(database, clock, 2)
    skip(database, clock, 3)
    PostQueue(database).mark_dead(found_post(database, clock, 4), "gave up", clock())
    MutedCommunities(database).add(MutedCommunity("home", "news@lemmy.example", "because of Ann", clock()))
    for _ in range(3):
        run(sender)
        clock.advance(20)
    SentReplies(database).withdraw(row, clock(), "The poster asked for it.")
    SentReplies(database).mark_deleted(row, clock())
    for _ in range(3):
        run(sender)
        clock.advance(20)
    events = {event["event"]: event for event in received(hook)}
    assert len(received(hook)) == 5
    assert events["reply"] == {
        "id": "2-sent-20260301T120100",
        "event": "reply",
        "time": "2026-03-01T12:01:00+00:00",
        "account": "home",
        "community": "news@lemmy.example",
        "post_url": "https://lemmy.example/post/2",
        "reply_url": "https://lemmy.example/comment/92",
        "reason": None,
        "requested": False,
    }
    assert (events["skip"]["reason"], events["deletion"]["reason"]) == ("flair", "poster")
    assert events["failure"]["post_url"] == "https://lemmy.example/post/4"
    assert events["ban"]["community"] == "news@lemmy.example"
    for request in hook.requests:
        assert b"stranger" not in request.body
        assert b"Ann" not in request.body


def test_a_restart_sends_the_next_ones_only(
    database: Database, clock: Clock, hook: Hook, config_with: WriteConfig
) -> None:
    run(sender_for(config_with, hook, database, clock))
    for number in range(1, 4):
        clock.advance(60)
        skip(database, clock, number)
        run(sender_for(config_with, hook, database, clock))
    assert len(received(hook)) == 3


def test_more_events_than_fit_in_one_request(
    database: Database, clock: Clock, hook: Hook, config_with: WriteConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_sender, "MAX_EVENTS", 3)
    sender = sender_for(config_with, hook, database, clock)
    run(sender)
    clock.advance(60)
    for number in range(1, 9):
        skip(database, clock, number)
    for _ in range(6):
        run(sender)
    assert [len(body["events"]) for body in hook.bodies()] == [3, 3, 2]
    assert len({event["id"] for event in received(hook)}) == 8


def test_events_wait_for_a_server_that_is_down_for_an_hour_at_most(
    database: Database, clock: Clock, hook: Hook, config_with: WriteConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background_sender, "FIRST_PAUSE", 0.0)
    sender = sender_for(config_with, hook, database, clock)
    run(sender)
    hook.answer = Response(502)
    clock.advance(60)
    skip(database, clock, 1)
    run(sender)
    clock.advance(MAX_AGE.total_seconds() - 60)
    skip(database, clock, 2)
    run(sender)
    clock.advance(120)
    hook.answer = Response(200)
    hook.requests.clear()
    run(sender)
    assert [event["post_url"] for event in received(hook)] == ["https://lemmy.example/post/2"]


def test_only_the_chosen_events_are_sent(
    database: Database, clock: Clock, hook: Hook, config_with: WriteConfig
) -> None:
    sender = sender_for(config_with, hook, database, clock, '["ban"]')
    run(sender)
    clock.advance(60)
    skip(database, clock, 1)
    MutedCommunities(database).add(MutedCommunity("home", "news@lemmy.example", "banned", clock()))
    run(sender)
    assert [event["event"] for event in received(hook)] == ["ban"]
