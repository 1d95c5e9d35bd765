"""When the next item of each queue is due, which decides when the job of the queue runs."""

from __future__ import annotations

from datetime import timedelta

from bot.core.messages import Message, MessageKind
from bot.core.models import Comment, PollResult, Reply, Source
from bot.store import (
    Database,
    MessageOutcome,
    NewOutgoingMessage,
    OutgoingMessages,
    OutgoingReplies,
    PostQueue,
    ReceivedMessages,
    SentReplies,
)
from tests.conftest import START, Clock, a_post

HOUR = timedelta(hours=1)
REPLY = Reply("A sentence.", "en", article_words=900, summary_words=90, saved=90)


def discover(database: Database, *numbers: int, account: str = "home") -> PostQueue:
    queue = PostQueue(database)
    posts = tuple(a_post(number, account=account) for number in numbers)
    queue.discover(Source(account, None), PollResult(posts, "c"), START)
    return queue


def test_posts(database: Database) -> None:
    queue = PostQueue(database)
    assert queue.next_due_at() is None
    discover(database, 1, 2)
    assert queue.next_due_at() == START
    first, second = queue.claim(START, 2, HOUR)
    assert queue.next_due_at() == START, "a post that is being processed may be released"
    queue.retry(first.row, "no answer", START + 3 * HOUR)
    queue.retry(second.row, "no answer", START + 2 * HOUR)
    assert queue.next_due_at() == START + 2 * HOUR
    queue.mark_dead(second.row, "no answer", START)
    assert queue.next_due_at() == START + 3 * HOUR
    queue.make_ready(first.row, REPLY, START, START + HOUR)
    assert queue.next_due_at() is None


def test_replies(database: Database) -> None:
    queue, replies = discover(database, 1, 2), OutgoingReplies(database)
    discover(database, 3, account="other")
    rows = {each.post.id: each.row for each in queue.claim(START, 3, HOUR)}
    assert replies.next_due_at("home") is None
    queue.make_ready(rows["3"], REPLY, START, START - HOUR)
    assert replies.next_due_at("home") is None, "it is another account's"
    queue.make_ready(rows["1"], REPLY, START, START + 2 * HOUR)
    queue.make_ready(rows["2"], REPLY, START, START + HOUR)
    assert replies.next_due_at("home") == START + HOUR
    replies.mark_sending(rows["2"], START, START + 3 * HOUR)
    assert replies.next_due_at("home") == START + 2 * HOUR
    replies.postpone(rows["1"], START + 4 * HOUR)
    assert replies.next_due_at("home") == START + 3 * HOUR
    replies.mark_sent(rows["2"], Comment("9", "2", "https://lemmy.example/comment/9", START), START)
    assert replies.next_due_at("home") == START + 4 * HOUR


def test_outgoing_messages(database: Database, clock: Clock) -> None:
    messages = OutgoingMessages(database)
    assert messages.next_due_at("home") is None
    message = NewOutgoingMessage("home", "key", "alice@lemmy.example", "Hello.", START, "en")
    messages.add(message, clock())
    row = messages.next_due("home", clock())
    assert row is not None
    assert messages.next_due_at("home") == START
    messages.postpone(row.row, START + HOUR)
    assert messages.next_due_at("home") == START + HOUR


def test_received_messages(database: Database) -> None:
    messages = ReceivedMessages(database)
    assert messages.next_due_at("home") is None
    message = Message("home", "1", MessageKind.PRIVATE, "alice@lemmy.example", "help", START)
    messages.add(message, START)
    assert messages.next_due_at("home") == START
    assert messages.next_due_at("other") is None
    received = messages.next_new("home", START)
    assert received is not None
    messages.retry(received.row, START + HOUR, "no answer")
    assert messages.next_due_at("home") == START + HOUR
    messages.finish(received.row, MessageOutcome.NOTED, START)
    assert messages.next_due_at("home") is None


def test_sent_replies(database: Database) -> None:
    queue, sent = discover(database, 1, 2), SentReplies(database)
    replies = OutgoingReplies(database, first_check=HOUR)
    assert sent.next_due_at("home") is None
    first, second = (each.row for each in queue.claim(START, 2, HOUR))
    for row in (first, second):
        queue.make_ready(row, REPLY, START, START)
        replies.mark_sent(row, Comment(f"c{row}", "1", "https://lemmy.example/comment/9", START), START)
    assert sent.next_due_at("home") == START + HOUR
    sent.withdraw(second, START + HOUR / 2, "asked for")
    assert sent.next_due_at("home") == START + HOUR / 2
    sent.postpone_deletion(second, START + 5 * HOUR)
    sent.record_check(first, 3, None)
    assert sent.next_due_at("home") == START + HOUR, "the second is checked until it is deleted"
    sent.mark_deleted(second, START)
    assert sent.next_due_at("home") is None
