"""Commands of moderators: change and show settings, pause, resume and leave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.core.errors import Unreachable
from bot.core.models import Dialect
from bot.core.skip_reasons import SkipReason
from bot.rules import CommunityRules
from bot.rules.moderator_limits import ModeratorLimits
from bot.store import SettingsChangeKind
from tests.conftest import a_post
from tests.inbox.commands.conftest import MOD, NEWS, CommandHarness

CurrentValue = Callable[[str], Any]


def test_a_moderator_changes_settings_and_is_told_what_changed(
    harness: CommandHarness, current_value: CurrentValue
) -> None:
    harness.operator_rules = {"nsfw": True}
    answer = harness.send(f"settings !{NEWS}\nwords: 90\nlayout: bullets")
    assert (current_value("words"), current_value("layout")) == (90, "bullets")
    assert answer is not None
    assert answer.splitlines()[:4] == [
        f"Changed in !{NEWS}:",
        "",
        "- `words: 100` → `90`",
        "- `layout: paragraphs` → `bullets`",
    ]
    assert f"Everything else is as before; `show !{NEWS}` lists all settings." in answer


def test_a_mistake_is_answered_with_its_line_and_the_old_settings_stay(
    harness: CommandHarness, current_value: CurrentValue
) -> None:
    harness.send(f"settings !{NEWS}\nwords: 90")
    answer = harness.send(f"settings !{NEWS}\nwords: 95\n\nsentances: 2")
    assert current_value("words") == 90
    assert answer is not None
    assert "the text has 1 mistake." in answer
    assert "Line 4: “sentances” is not a setting. Did you mean `sentences`?" in answer


@pytest.mark.parametrize("author", ["eve@lemmy.example", "mona@other.example"])
def test_a_person_who_is_not_a_moderator_is_refused(
    harness: CommandHarness, current_value: CurrentValue, author: str
) -> None:
    answer = harness.send(f"settings !{NEWS}\nwords: 90", author)
    assert str(answer).startswith(
        f"Only moderators of !{NEWS} can do this, and you are not one of them at the moment."
    )
    assert f"Anyone can write `show !{NEWS}` and `try https://… !{NEWS}`." in str(answer)
    assert current_value("words") == 100


def test_a_former_moderator_is_refused_and_their_settings_stay_in_effect(
    harness: CommandHarness, current_value: CurrentValue
) -> None:
    harness.send(f"settings !{NEWS}\nwords: 90")
    harness.messaging.mods[NEWS] = {"nora@lemmy.example"}
    assert "you are not one of them" in str(harness.send(f"settings !{NEWS}\nwords: 50"))
    assert current_value("words") == 90


def test_moderators_cannot_change_settings_without_the_operators_permission(
    harness: CommandHarness, current_value: CurrentValue
) -> None:
    harness.moderators_allowed = False
    assert "does not let the moderators" in str(harness.send(f"settings !{NEWS}\nwords: 90"))
    assert current_value("words") == 100


def test_settings_have_no_effect_after_the_operator_disallows_moderators(
    harness: CommandHarness, current_value: CurrentValue
) -> None:
    harness.send(f"settings !{NEWS}\nwords: 90")
    harness.moderators_allowed = False
    assert current_value("words") == 100


def test_the_operators_limits_apply_to_messages(harness: CommandHarness, current_value: CurrentValue) -> None:
    harness.limits = ModeratorLimits(frozenset({"method"}), {}, {"words": 120})
    answer = str(harness.send(f"settings !{NEWS}\nwords: 200\nmethod: lsa"))
    assert "Line 2: `words` must be a whole number from 20 to 120." in answer
    assert "Line 3: `method` is set by the operator of this bot" in answer
    assert current_value("words") == 100


def test_an_unreachable_server_raises_the_error_for_a_retry(harness: CommandHarness) -> None:
    harness.messaging.failing = Unreachable("down")
    with pytest.raises(Unreachable):
        harness.send(f"settings !{NEWS}\nwords: 90")


def test_the_newest_text_replaces_all_earlier_settings(
    harness: CommandHarness, current_value: CurrentValue
) -> None:
    harness.send(f"settings !{NEWS}\nwords: 90")
    harness.clock.advance(60)
    harness.send(f"settings !{NEWS}\nsentences: 2")
    assert (current_value("words"), current_value("sentences")) == (100, 2)


def test_unchanged_settings_are_reported_as_already_in_effect(harness: CommandHarness) -> None:
    harness.send(f"settings !{NEWS}\nwords: 90")
    harness.clock.advance(60)
    assert str(harness.send(f"settings !{NEWS}\nwords: 90")).startswith(
        "These settings are already in effect"
    )


def test_anyone_can_list_the_settings(harness: CommandHarness) -> None:
    answer = str(harness.send("show !news", "eve@lemmy.example"))
    assert answer.startswith(f"In !{NEWS}, all settings have their defaults.")
    assert "\n- `sentences: 4` · default\n" in answer
    assert answer.count("\n- ") >= 25


def test_show_lists_what_differs_first_and_folds_the_rest(harness: CommandHarness) -> None:
    harness.operator_rules = {"nsfw": True}
    harness.hides_nsfw = False
    harness.send(f"settings !{NEWS}\nwords: 90")
    answer = str(harness.send(f"show !{NEWS}"))
    before, _, after = answer.partition("::: spoiler ")
    assert before.splitlines()[2:4] == ["- `nsfw: true` · operator", "- `words: 90` · moderators"]
    assert before.count("\n- ") == 2
    count = len(CommunityRules.model_fields) - 2
    assert after.startswith(
        f"The {count} other settings, with their defaults\n\n- `enabled: true` · default\n"
    )


def test_show_on_reddit_lists_the_rest_on_request(harness: CommandHarness) -> None:
    harness.host, harness.messaging.dialect = None, Dialect.REDDIT
    assert "`show r/news all` lists them." in str(harness.send("show r/news"))
    harness.send("set r/news words: 90", "mona")
    short = str(harness.send("show r/news"))
    count = len(CommunityRules.model_fields) - 1
    assert f"{count} other settings have their defaults; `show r/news all` lists them." in short
    assert ":::" not in short
    assert str(harness.send("show r/news all")).count("- `") == count + 1


def test_a_shown_value_mentions_nobody_and_links_nowhere(harness: CommandHarness) -> None:
    harness.send(f"settings !{NEWS}\nfooter_line: write to @mona@lemmy.example or https://evil.example/`x`")
    answer = str(harness.send(f"show !{NEWS}"))
    assert "@mona" not in answer
    assert "evil.example" not in answer


@pytest.mark.parametrize("verb", ["show", "pause", "settings"])
def test_a_command_without_a_community_asks_for_one(harness: CommandHarness, verb: str) -> None:
    assert "Please name the community" in str(harness.send(verb))


def test_a_command_in_a_comment_is_about_the_comments_community(harness: CommandHarness) -> None:
    harness.send("pause", community=NEWS)
    assert harness.settings_log.status(NEWS) is SettingsChangeKind.PAUSE


def test_pause_resume_and_leave_are_in_effect_at_once(harness: CommandHarness) -> None:
    def reason() -> SkipReason | None:
        skipped = harness.opted_out_or_paused(a_post(community=NEWS))
        return skipped.reason if skipped else None

    assert "no more replies" in str(harness.send(f"pause !{NEWS}"))
    assert reason() is SkipReason.PAUSED
    assert "again" in str(harness.send(f"resume !{NEWS}"))
    assert reason() is None
    assert "I have left" in str(harness.send(f"leave !{NEWS}"))
    assert reason() is SkipReason.LEFT
    assert "you are not one of them" in str(harness.send(f"resume !{NEWS}", "eve@lemmy.example"))
    assert reason() is SkipReason.LEFT


@pytest.mark.parametrize("verb", ["pause", "leave"])
def test_the_message_that_was_sent_later_is_in_effect_although_it_was_handled_first(
    harness: CommandHarness, verb: str
) -> None:
    older = harness.clock()
    harness.clock.advance(60)
    assert harness.send(f"resume !{NEWS}") == f"Done: I reply in !{NEWS} again."
    answer = str(harness.send(f"{verb} !{NEWS}", sent=older))
    assert harness.settings_log.status(NEWS) is SettingsChangeKind.RESUME
    assert answer.startswith("A newer message replaced this command.")
    assert answer.endswith(f"Done: I reply in !{NEWS} again.")
    assert [change.kind for change in harness.settings_log.history(NEWS)] == [verb, "resume"]


def test_of_two_messages_of_the_same_second_the_last_one_handled_is_in_effect(
    harness: CommandHarness,
) -> None:
    harness.send(f"resume !{NEWS}")
    assert "no more replies" in str(harness.send(f"pause !{NEWS}"))
    assert harness.settings_log.status(NEWS) is SettingsChangeKind.PAUSE


def test_the_answer_is_in_the_communitys_language(harness: CommandHarness) -> None:
    harness.operator_rules = {"language": "de"}
    assert str(harness.send(f"settings !{NEWS}\nwords: 90")).startswith(f"Geändert in !{NEWS}:")


def test_the_answer_is_in_the_language_of_the_command(harness: CommandHarness) -> None:
    assert "tous les réglages ont leur valeur par défaut" in str(harness.send(f"montre !{NEWS}"))


def test_the_history_has_the_author_time_source_and_text_of_each_change(harness: CommandHarness) -> None:
    harness.send(f"settings !{NEWS}\nwords: 90")
    harness.send(f"pause !{NEWS}")
    first, second = harness.settings_log.history(NEWS)
    assert (first.author, first.source, first.changed_at, first.text) == (
        MOD,
        "message",
        harness.clock(),
        "words: 90",
    )
    assert (second.kind, second.author) == (SettingsChangeKind.PAUSE, MOD)
