"""The community that a conversation with a person is about."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from bot.core.messages import Answer, Message, MessageKind
from bot.inbox.message_outcomes import to_outgoing_message
from bot.store import Database, MessageOutcome, ReceivedMessages
from tests.conftest import Clock


def test_the_last_answer_names_the_community_until_it_is_old(database: Database, clock: Clock) -> None:
    messages = ReceivedMessages(database)
    first = Message("home", "m1", MessageKind.PRIVATE, "mona@lemmy.example", "show !news", clock())
    for number, community in enumerate(("news@lemmy.example", "boats@far.example", "")):
        message = replace(first, id=f"m{number}")
        messages.add(message, clock())
        received = messages.next_new("home", clock())
        assert received is not None
        answer = Answer("Settings.", private=True, community=community)
        messages.finish(received.row, MessageOutcome.ANSWERED, clock(), to_outgoing_message(received, answer))
    since = clock() - timedelta(days=7)
    assert messages.last_community("home", "mona@lemmy.example", since) == "boats@far.example"
    assert messages.last_community("home", "nora@lemmy.example", since) is None
    assert messages.last_community("other", "mona@lemmy.example", since) is None
    assert messages.last_community("home", "mona@lemmy.example", clock() + timedelta(seconds=1)) is None
