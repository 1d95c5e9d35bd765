"""Beginning on Reddit: invitations, and the page that is written once."""

from __future__ import annotations

from bot.core.messages import MessageKind
from bot.rules import CommunityRules
from bot.rules.moderator_limits import ModeratorLimits
from bot.rules.validation import parse_settings
from tests.inbox.commands.conftest import Scene


def test_an_allowed_invitation_is_accepted_and_answered_with_how_to_begin(scene: Scene) -> None:
    scene.there.invitations = {"news"}
    answer = str(scene.say("gadzooks!", "reddit", via=MessageKind.INVITATION, community="news"))
    assert "Settings stand in the wiki page `precis`" in answer
    assert "precis@lemmy.example" in scene.there.mods["news"]


def test_others_are_left_for_the_operator(scene: Scene) -> None:
    scene.there.invitations = {"strangers"}
    assert scene.say("gadzooks!", "reddit", via=MessageKind.INVITATION, community="strangers") is None
    assert scene.there.invitations == {"strangers"}
    assert len(scene.voices.unhandled_messages()) == 1


def test_an_invitation_that_was_withdrawn_is_not_answered(scene: Scene) -> None:
    assert scene.say("gadzooks!", "reddit", via=MessageKind.INVITATION, community="news") is None


def test_the_first_page_is_written_once_and_when_a_moderator_asks(scene: Scene) -> None:
    scene.host = None
    assert "you are not one of them" in str(scene.say("start r/news", "eve"))
    assert "is there now" in str(scene.say("start r/news", "mona"))
    page = scene.there.pages["news"]
    assert page is not None
    scene.there.pages["news"] = type(page)("news", "words: 90", "2", "mona", moderators_only=True)
    assert "never write over" in str(scene.say("start r/news", "mona"))


def test_the_first_page_has_every_setting_and_each_line_of_it_can_be_used(scene: Scene) -> None:
    scene.host = None
    scene.say("start r/news", "mona")
    page = scene.there.pages["news"]
    assert page is not None
    used = "\n".join(line.removeprefix("#") for line in page.text.splitlines() if not line.startswith("# "))
    assert parse_settings(used, ModeratorLimits()).keys() == CommunityRules.model_fields.keys()
