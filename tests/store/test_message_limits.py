"""Work for one person is counted before it is done, on all accounts, also after a restart."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.database_location import DatabaseLocation
from bot.core.messages import Message, MessageKind, Priority
from bot.store import Database, ReceivedMessages
from tests.conftest import START

DAY = timedelta(hours=24)
SINCE = START - DAY


def message(number: int, account: str = "main", author: str = "alice@a.example") -> Message:
    return Message(account, f"private-{number}", MessageKind.PRIVATE, author, "try", START)


def begin(messages: ReceivedMessages, limit: int = 10) -> list[bool]:
    """Begin the work for all messages of both accounts."""
    began = []
    for account in ("main", "second"):
        while (received := messages.next_new(account, START)) is not None:
            began.append(messages.begin_work(received, START, SINCE, limit))
            messages.retry(received.row, START + DAY, "later", counted=False)
    return began


@pytest.mark.parametrize("priority", [Priority.OTHER, Priority.CONTROL])
def test_forty_messages_of_a_person_on_two_accounts_cause_work_ten_times(
    database: Database, priority: Priority
) -> None:
    messages = ReceivedMessages(database)
    for number in range(40):
        messages.add(message(number, "main" if number % 2 else "second"), START, priority)
    messages.add(message(99, author="bob@b.example"), START, priority)
    assert begin(messages).count(True) == 10 + 1


def test_commands_that_control_the_bot_are_counted_apart(database: Database) -> None:
    messages = ReceivedMessages(database)
    for number in range(4):
        messages.add(message(number), START, Priority.OTHER)
        messages.add(message(10 + number), START, Priority.CONTROL if number % 2 else Priority.MODERATOR)
    assert begin(messages, 3) == [True, True, True, False] * 2


def test_a_message_counts_once_and_a_restart_keeps_the_count(database_location: DatabaseLocation) -> None:
    for number in range(3):
        database = Database(database_location, START)
        messages = ReceivedMessages(database)
        messages.add(message(number), START)
        received = messages.next_new("main", START)
        assert received is not None
        allowed = [messages.begin_work(received, START, SINCE, 2) for _ in range(2)]
        assert allowed == [number < 2] * 2
        messages.retry(received.row, START + DAY, "later")
        database.close()


def test_messages_are_handled_by_priority_and_then_in_order(database: Database) -> None:
    messages = ReceivedMessages(database)
    for number, priority in enumerate((2, 1, 2, 0, 1, 0)):
        messages.add(message(number), START, Priority(priority))
    order = []
    assert messages.known_ids("main", ["private-1", "private-7"]) == {"private-1"}
    while (received := messages.next_new("main", START)) is not None:
        order.append(int(received.message.id.removeprefix("private-")))
        messages.retry(received.row, START + DAY, "later")
        if order[-1] == 3:
            urgent = messages.next_new("main", START, Priority.MODERATOR)
            assert urgent is not None
    assert order == [3, 5, 1, 4, 0, 2]
    assert messages.next_new("main", START, Priority.MODERATOR) is None
