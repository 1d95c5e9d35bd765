"""What a process that was paused believes: no row leaves the state sent, except when its reply is deleted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.core.models import Comment, Outdated, PollResult, Reply, Skipped, Source
from bot.core.skip_reasons import SkipReason
from bot.store import (
    Database,
    NewOutgoingMessage,
    OutgoingMessages,
    OutgoingReplies,
    PostQueue,
    SentReplies,
    State,
)
from bot.store.manual_actions import requeue_post
from bot.store.post_lookup import all_posts
from tests.conftest import START, a_post

REPLY = Reply("A sentence.", "en", article_words=900, summary_words=90, saved=90)
COMMENT = Comment("c1", "1", "https://lemmy.example/comment/1", START)
LATER = START + timedelta(minutes=5)


def a_ready_reply(database: Database) -> None:
    queue = PostQueue(database)
    queue.discover(Source("home", "news@lemmy.example"), PollResult((a_post(1),), "c"), START)
    queue.make_ready(1, REPLY, START, START)


def a_sent_reply(database: Database) -> None:
    a_ready_reply(database)
    OutgoingReplies(database).mark_sending(1, START, LATER)
    OutgoingReplies(database).mark_sent(1, COMMENT, START)


LATE_WRITES: dict[str, Callable[[Database], object]] = {
    "send again": lambda database: OutgoingReplies(database).mark_sending(1, LATER, LATER),
    "not stored": lambda database: OutgoingReplies(database).return_to_ready(1, LATER, "not there"),
    "postpone": lambda database: OutgoingReplies(database).postpone(1, LATER, "a timeout"),
    "an empty read": lambda database: OutgoingReplies(database).postpone(1, LATER, empty_read=True),
    "a refused send": lambda database: OutgoingReplies(database).count_refused_send(1),
    "refused": lambda database: OutgoingReplies(database).skip(1, Skipped(SkipReason.LOCKED), LATER),
    "given up": lambda database: OutgoingReplies(database).mark_dead(1, "no clear answer", LATER),
    "settle": lambda database: OutgoingReplies(database).restart_settling(LATER),
    "sent again": lambda database: OutgoingReplies(database).mark_sent(1, COMMENT, LATER),
    "skip": lambda database: PostQueue(database).skip(1, Skipped(SkipReason.WALL), LATER),
    "dead": lambda database: PostQueue(database).mark_dead(1, "a timeout", LATER),
    "retry": lambda database: PostQueue(database).retry(1, "a timeout", LATER),
    "ready": lambda database: PostQueue(database).make_ready(1, REPLY, LATER, LATER),
    "release": lambda database: PostQueue(database).release([1]),
    "outdated": lambda database: PostQueue(database).restart(1, Outdated(a_post(1), "changed"), LATER),
    "requeue": lambda database: requeue_post(database, 1, LATER),
    "adopt": lambda database: SentReplies(database).adopt(a_post(1), COMMENT, LATER),
}


@pytest.mark.parametrize("write", LATE_WRITES.values(), ids=LATE_WRITES)
def test_a_sent_reply_stays_as_it_is(database: Database, write: Callable[[Database], object]) -> None:
    a_sent_reply(database)
    before = all_posts(database)
    assert not write(database)
    assert all_posts(database) == before


PROCESSING = ("skip", "dead", "retry", "ready", "release", "requeue")


@pytest.mark.parametrize("name", PROCESSING)
def test_a_late_result_of_processing_does_not_stop_a_reply(database: Database, name: str) -> None:
    a_ready_reply(database)
    OutgoingReplies(database).mark_sending(1, START, LATER)
    before = all_posts(database)
    LATE_WRITES[name](database)
    assert all_posts(database) == before


@pytest.mark.parametrize("name", ["refused", "given up", "not stored"])
def test_a_success_counts_whatever_another_process_has_recorded(database: Database, name: str) -> None:
    a_ready_reply(database)
    OutgoingReplies(database).mark_sending(1, START, LATER)
    LATE_WRITES[name](database)
    OutgoingReplies(database).mark_sent(1, COMMENT, LATER)
    (report,) = all_posts(database)
    assert (report.state, report.comment_id, report.reason) == (State.SENT, "c1", None)


def test_a_sent_message_stays_as_it_is(database: Database) -> None:
    messages = OutgoingMessages(database)
    messages.add(NewOutgoingMessage("home", "k", "alice@lemmy.example", "Hello", START), START)
    messages.mark_sending(1, START, LATER)
    messages.mark_sent(1, COMMENT, START)
    messages.return_to_ready(1, LATER, "not there")
    messages.send_privately(1, LATER, "refused")
    messages.skip(1, Skipped(SkipReason.LOCKED), LATER)
    messages.mark_dead(1, "no clear answer", LATER)
    assert messages.mark_sending(1, LATER, LATER) is False
    assert messages.next_due("home", LATER + timedelta(days=1)) is None
    assert messages.unrecorded("home", ("c1",)) == []
