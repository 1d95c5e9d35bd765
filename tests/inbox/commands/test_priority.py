"""Which messages are handled first."""

from __future__ import annotations

import pytest

from bot.core.errors import Unreachable
from bot.core.messages import MessageKind, Priority
from bot.inbox.commands.handler import CommandHandler
from bot.inbox.commands.known_moderators import MAX_COMMUNITIES
from tests.inbox.commands.conftest import MOD, NEWS, CommandHarness

STRANGER = "sam@other.example"


@pytest.mark.parametrize(
    ("text", "author", "priority"),
    [
        (f"pause !{NEWS}", MOD, Priority.MODERATOR),
        (f"settings !{NEWS}\nsentences: 3", MOD, Priority.MODERATOR),
        (f"pause !{NEWS}", STRANGER, Priority.CONTROL),
        ("pause !cats@lemmy.example", MOD, Priority.CONTROL),
        ("opt out", STRANGER, Priority.CONTROL),
        ("delete", STRANGER, Priority.CONTROL),
        (f"show !{NEWS}", MOD, Priority.OTHER),
        ("try https://paper.example/boats", MOD, Priority.OTHER),
        ("why", STRANGER, Priority.OTHER),
        ("good bot", STRANGER, Priority.OTHER),
        ("How are you?", STRANGER, Priority.OTHER),
    ],
)
def test_commands_that_control_the_bot_come_first(
    harness: CommandHarness, text: str, author: str, priority: Priority
) -> None:
    assert CommandHandler(harness.context).priority(harness.message(text, author)) is priority


def test_an_invitation_is_urgent(harness: CommandHarness) -> None:
    message = harness.message("", "r/news", via=MessageKind.INVITATION)
    assert CommandHandler(harness.context).priority(message) is Priority.CONTROL


def test_no_moderator_is_known_while_the_platform_is_down(harness: CommandHarness) -> None:
    harness.messaging.failing = Unreachable("down")
    message = harness.message(f"pause !{NEWS}")
    assert CommandHandler(harness.context).priority(message) is Priority.CONTROL


def test_a_flood_of_names_causes_few_calls(harness: CommandHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(harness.messaging, "moderators", lambda name: asked.append(name) or frozenset({MOD}))
    handler = CommandHandler(harness.context)
    harness.watched = {f"c{number}@lemmy.example" for number in range(100)}
    for _ in range(2):
        for name in sorted(harness.watched):
            handler.priority(harness.message(f"pause !{name}"))
    assert len(asked) == MAX_COMMUNITIES
    harness.clock.advance(601)
    handler.priority(harness.message("pause !c1@lemmy.example"))
    assert len(asked) == MAX_COMMUNITIES + 1
