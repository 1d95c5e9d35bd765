"""Whether an account has messages that are not finished: one question for the inbox and its outbox."""

from __future__ import annotations

from datetime import timedelta

from bot.core.messages import Message, MessageKind
from bot.core.models import Comment
from bot.store import Database, OutgoingMessages, ReceivedMessages
from bot.store.outgoing_messages import NewOutgoingMessage
from bot.store.received_messages import MessageOutcome
from tests.conftest import START


def receive(database: Database) -> int:
    """The row of a new message."""
    received = ReceivedMessages(database)
    received.add(Message("main", "private-1", MessageKind.PRIVATE, "alice@a.example", "help", START), START)
    found = received.next_new("main", START)
    assert found is not None
    return found.row


def test_a_message_that_is_handled_later_is_not_finished(database: Database) -> None:
    received = ReceivedMessages(database)
    assert not received.has_unfinished("main")
    row = receive(database)
    received.retry(row, START + timedelta(days=1), "later", counted=False)
    assert received.has_unfinished("main")
    assert not received.has_unfinished("second")
    received.finish(row, MessageOutcome.NOTED, START)
    assert not received.has_unfinished("main")


def test_a_message_is_not_finished_before_its_answer_is_sent(database: Database) -> None:
    received, outgoing = ReceivedMessages(database), OutgoingMessages(database)
    answer = NewOutgoingMessage("main", "message-1", "alice@a.example", "Hello.", START)
    received.finish(receive(database), MessageOutcome.ANSWERED, START, answer)
    assert received.has_unfinished("main")
    message = outgoing.next_due("main", START)
    assert message is not None
    outgoing.mark_sending(message.row, START, START + timedelta(minutes=1))
    assert received.has_unfinished("main")
    outgoing.mark_sent(message.row, Comment("5", "1", "https://lemmy.example/comment/5", START), START)
    assert not received.has_unfinished("main")
