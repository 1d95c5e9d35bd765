"""Settings by message: taken, refused, shown; pauses and farewells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.core.errors import Unreachable
from bot.core.skip_reasons import SkipReason
from bot.rules.moderator_limits import ModeratorLimits
from bot.store import SettingsChangeKind
from tests.conftest import a_post
from tests.inbox.commands.conftest import MOD, NEWS, Scene

Holds = Callable[[str], Any]


def test_a_moderator_changes_a_setting_and_is_told_what_holds(scene: Scene, holds: Holds) -> None:
    scene.written = {"nsfw": True}
    answer = scene.say(f"settings !{NEWS}\nwords: 90\nlayout: bullets")
    assert (holds("words"), holds("layout")) == (90, "bullets")
    assert answer is not None
    assert answer.startswith(f"Thank you, the settings of !{NEWS} are changed.")
    for line in ("`words: 90` · moderators", "`nsfw: true` · operator", "`sentences: 4` · default"):
        assert f"- {line}" in answer


def test_a_mistake_is_answered_with_its_line_and_the_old_settings_hold(scene: Scene, holds: Holds) -> None:
    scene.say(f"settings !{NEWS}\nwords: 90")
    answer = scene.say(f"settings !{NEWS}\nwords: 95\n\nsentances: 2")
    assert holds("words") == 90
    assert answer is not None
    assert "there is 1 mistake" in answer
    assert "Line 4: “sentances” is no setting. Did you mean `sentences`?" in answer


@pytest.mark.parametrize("author", ["eve@lemmy.example", "mona@other.example"])
def test_who_is_no_moderator_is_refused(scene: Scene, holds: Holds, author: str) -> None:
    answer = scene.say(f"settings !{NEWS}\nwords: 90", author)
    assert answer == f"Only moderators of !{NEWS} can do that, and you are not one of them at this moment."
    assert holds("words") == 100


def test_a_former_moderator_is_refused_and_what_they_set_still_holds(scene: Scene, holds: Holds) -> None:
    scene.say(f"settings !{NEWS}\nwords: 90")
    scene.there.mods[NEWS] = {"nora@lemmy.example"}
    assert "you are not one of them" in str(scene.say(f"settings !{NEWS}\nwords: 50"))
    assert holds("words") == 90


def test_what_is_not_opened_cannot_be_set(scene: Scene, holds: Holds) -> None:
    scene.open = False
    assert "has not opened it" in str(scene.say(f"settings !{NEWS}\nwords: 90"))
    assert holds("words") == 100


def test_settings_of_a_place_that_was_closed_later_hold_no_more(scene: Scene, holds: Holds) -> None:
    scene.say(f"settings !{NEWS}\nwords: 90")
    scene.open = False
    assert holds("words") == 100


def test_the_operators_limits_bound_what_is_taken(scene: Scene, holds: Holds) -> None:
    scene.limits = ModeratorLimits(frozenset({"method"}), {}, {"words": 120})
    answer = str(scene.say(f"settings !{NEWS}\nwords: 200\nmethod: lsa"))
    assert "Line 2: `words` is a whole number from 20 to 120." in answer
    assert "Line 3: `method` is set by whoever runs this bot" in answer
    assert holds("words") == 100


def test_when_the_server_cannot_say_who_moderates_it_is_for_later(scene: Scene) -> None:
    scene.there.failing = Unreachable("down")
    with pytest.raises(Unreachable):
        scene.say(f"settings !{NEWS}\nwords: 90")


def test_the_newest_text_is_all_that_the_moderators_want(scene: Scene, holds: Holds) -> None:
    scene.say(f"settings !{NEWS}\nwords: 90")
    scene.clock.advance(60)
    scene.say(f"settings !{NEWS}\nsentences: 2")
    assert (holds("words"), holds("sentences")) == (100, 2)


def test_the_same_again_is_said_to_hold_already(scene: Scene) -> None:
    scene.say(f"settings !{NEWS}\nwords: 90")
    scene.clock.advance(60)
    assert str(scene.say(f"settings !{NEWS}\nwords: 90")).startswith("These settings already hold")


def test_anyone_may_see_what_holds(scene: Scene) -> None:
    answer = str(scene.say("show !news", "eve@lemmy.example"))
    assert answer.startswith(f"This holds now in !{NEWS}:")
    assert answer.count("\n- ") >= 25


def test_a_value_notifies_nobody_when_it_is_shown(scene: Scene) -> None:
    scene.say(f"settings !{NEWS}\nfooter_line: write to @mona@lemmy.example or https://evil.example/`x`")
    answer = str(scene.say(f"show !{NEWS}"))
    assert "@mona" not in answer
    assert "evil.example" not in answer


@pytest.mark.parametrize("verb", ["show", "pause", "settings"])
def test_without_a_community_it_asks_for_one(scene: Scene, verb: str) -> None:
    assert "Please name the community" in str(scene.say(verb))


def test_where_a_comment_stands_is_the_community(scene: Scene) -> None:
    scene.say("pause", community=NEWS)
    assert scene.orders.status(NEWS) is SettingsChangeKind.PAUSE


def test_pause_resume_and_leave_hold_at_once(scene: Scene) -> None:
    def reason() -> SkipReason | None:
        skipped = scene.book.opted_out_or_paused(a_post(community=NEWS), scene.there.dialect)
        return skipped.reason if skipped else None

    assert "no more replies" in str(scene.say(f"pause !{NEWS}"))
    assert reason() is SkipReason.PAUSED
    assert "again" in str(scene.say(f"resume !{NEWS}"))
    assert reason() is None
    assert "I have left" in str(scene.say(f"leave !{NEWS}"))
    assert reason() is SkipReason.LEFT
    assert "you are not one of them" in str(scene.say(f"resume !{NEWS}", "eve@lemmy.example"))
    assert reason() is SkipReason.LEFT


def test_the_answer_is_in_the_communitys_language(scene: Scene) -> None:
    scene.written = {"language": "de"}
    assert str(scene.say(f"settings !{NEWS}\nwords: 90")).startswith("Danke, die Einstellungen")


def test_or_in_that_of_the_words(scene: Scene) -> None:
    assert str(scene.say(f"montre !{NEWS}")).startswith("Voici ce qui vaut")


def test_the_history_says_who_set_what_when_and_from_where(scene: Scene) -> None:
    scene.say(f"settings !{NEWS}\nwords: 90")
    scene.say(f"pause !{NEWS}")
    first, second = scene.orders.history(NEWS)
    assert (first.author, first.place, first.at, first.text) == (MOD, "message", scene.clock(), "words: 90")
    assert (second.kind, second.author) == (SettingsChangeKind.PAUSE, MOD)
