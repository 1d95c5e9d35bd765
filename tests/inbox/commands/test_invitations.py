"""First steps on Reddit: invitations, and the settings page that is created once."""

from __future__ import annotations

from bot.core.messages import MessageKind
from bot.rules import CommunityRules
from bot.rules.moderator_limits import ModeratorLimits
from bot.rules.validation import parse_settings
from tests.inbox.commands.conftest import CommandHarness


def test_an_allowed_invitation_is_accepted_and_answered_with_the_first_steps(harness: CommandHarness) -> None:
    harness.messaging.invitations = {"news"}
    answer = str(harness.send("gadzooks!", "reddit", via=MessageKind.INVITATION, community="news"))
    assert "My settings are on the wiki page `precis`" in answer
    assert "precis@lemmy.example" in harness.messaging.mods["news"]


def test_other_invitations_are_left_to_the_operator(harness: CommandHarness) -> None:
    harness.messaging.invitations = {"strangers"}
    assert harness.send("gadzooks!", "reddit", via=MessageKind.INVITATION, community="strangers") is None
    assert harness.messaging.invitations == {"strangers"}
    assert len(harness.feedback.unhandled_messages()) == 1


def test_an_invitation_that_was_withdrawn_is_not_answered(harness: CommandHarness) -> None:
    assert harness.send("gadzooks!", "reddit", via=MessageKind.INVITATION, community="news") is None


def test_the_settings_page_is_created_once_for_a_moderator(harness: CommandHarness) -> None:
    harness.host = None
    assert "you are not one of them" in str(harness.send("start r/news", "eve"))
    assert "I created the wiki page" in str(harness.send("start r/news", "mona"))
    page = harness.messaging.pages["news"]
    assert page is not None
    harness.messaging.pages["news"] = type(page)("news", "words: 90", "2", "mona", moderators_only=True)
    assert "never overwrite" in str(harness.send("start r/news", "mona"))


def test_the_settings_page_has_every_setting_and_each_line_is_valid(harness: CommandHarness) -> None:
    harness.host = None
    harness.send("start r/news", "mona")
    page = harness.messaging.pages["news"]
    assert page is not None
    used = "\n".join(line.removeprefix("#") for line in page.text.splitlines() if not line.startswith("# "))
    assert parse_settings(used, ModeratorLimits()).keys() == CommunityRules.model_fields.keys()
