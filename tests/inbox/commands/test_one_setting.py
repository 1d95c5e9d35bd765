"""`set` and `reset` change one setting; `settings` replaces all and says what it took back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.core.messages import MessageKind
from bot.core.models import Dialect
from bot.rules.moderator_limits import ModeratorLimits
from bot.rules.profiles import Profile
from tests.inbox.commands.conftest import MOD, NEWS, CommandHarness

CurrentValue = Callable[[str], Any]


def test_one_line_changes_one_setting(harness: CommandHarness, current_value: CurrentValue) -> None:
    harness.send(f"settings !{NEWS}\nwords: 90")
    harness.clock.advance(60)
    answer = str(harness.send(f"set !{NEWS} layout: bullets"))
    assert (current_value("words"), current_value("layout")) == (90, "bullets")
    assert answer.split("\n\n") == [
        f"Changed in !{NEWS}: `layout: paragraphs` → `bullets`",
        f"Everything else is as before; `show !{NEWS}` lists all settings.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"set layout: bullets !{NEWS}",
        f"set layout: bullets for !{NEWS} please",
        f"Hello, please set layout = bullets in !{NEWS}",
        f"set !{NEWS}\nlayout: bullets",
        f"settings !{NEWS} layout: bullets",
        f"setze !{NEWS} Darstellung: Stichpunkte",
        f"règle !{NEWS} mise en page : puces",
        f"establece !{NEWS} diseño: viñetas",
        "set !news layout: bullets",
        "set https://lemmy.example/c/news layout: bullets",
        f"**set !{NEWS} layout: bullets**",
        f"`set !{NEWS} layout: bullets`",
    ],
)
def test_one_setting_can_be_written_in_many_ways(
    harness: CommandHarness, current_value: CurrentValue, text: str
) -> None:
    harness.send(f"settings !{NEWS}\nwords: 90")
    harness.clock.advance(60)
    harness.send(text)
    assert (current_value("words"), current_value("layout")) == (90, "bullets")


def test_a_value_may_have_a_link_and_a_community(
    harness: CommandHarness, current_value: CurrentValue
) -> None:
    harness.send(f"set !{NEWS} block_domains: https://shop.example/, b.example")
    assert current_value("block_domains") == ("shop.example", "b.example")
    harness.clock.advance(60)
    harness.send(f"set !{NEWS} footer_line: Join us at !boats@far.example today")
    assert current_value("footer_line") == "Join us at !boats@far.example today"
    harness.clock.advance(60)
    harness.send(f"@precis@lemmy.example set !{NEWS} footer_line: Ask @mona@lemmy.example or u/nora")
    assert current_value("footer_line") == "Ask @mona@lemmy.example or u/nora"


def test_a_setting_alone_is_for_the_only_community_of_the_moderator(
    harness: CommandHarness, current_value: CurrentValue
) -> None:
    assert f"Changed in !{NEWS}" in str(harness.send("layout: bullets\nwords: 90"))
    assert (current_value("layout"), current_value("words")) == ("bullets", 90)


def test_a_setting_alone_is_for_the_community_of_the_conversation(harness: CommandHarness) -> None:
    harness.messaging.mods["boats@far.example"] = {MOD}
    harness.watched.add("boats@far.example")
    assert "Please name the community" in str(harness.send("layout: bullets"))
    assert "`set !news@lemmy.example layout: bullets`" in str(harness.send("layuot: bullets"))
    harness.conversation = "boats@far.example"
    assert "Changed in !boats@far.example" in str(harness.send("layout: bullets"))


def test_a_comment_like_a_setting_changes_nothing(
    harness: CommandHarness, current_value: CurrentValue
) -> None:
    harness.add_sent_reply()
    details = {"via": MessageKind.REPLY, "parent_id": "c1", "post_id": "1", "community": NEWS}
    for text in (
        "words: 90",
        "Language: I like it",
        "Settings question: how?",
        "Reset the counter",
        "Change!",
    ):
        assert harness.send(text, **details) is None
    assert current_value("words") == 100
    assert "Changed in" in str(harness.send("set words: 90", **details))


def test_reset_takes_settings_back_to_the_operators_value(
    harness: CommandHarness, current_value: CurrentValue
) -> None:
    harness.operator_rules = {"words": 80}
    harness.send(f"settings !{NEWS}\nwords: 90\nlayout: bullets\nsentences: 2")
    harness.clock.advance(60)
    answer = str(harness.send(f"reset !{NEWS} words"))
    assert (current_value("words"), current_value("layout")) == (80, "bullets")
    assert answer.startswith(
        f"Back to the default in !{NEWS}: `words: 90` → `80` (set by `mona＠lemmy.example`, 2026-03-01)"
    )
    harness.clock.advance(60)
    harness.send(f"zurücksetzen !{NEWS} Darstellung und Sätze")
    assert (current_value("sentences"), current_value("layout")) == (4, "paragraphs")
    harness.send(f"set !{NEWS} words: 70")
    harness.clock.advance(60)
    harness.send(f"reset !{NEWS} all")
    assert current_value("words") == 80


def test_reset_explains_what_it_needs(harness: CommandHarness) -> None:
    assert f"`reset !{NEWS} layout`" in str(harness.send(f"reset !{NEWS}"))
    assert f"Did you mean `reset !{NEWS} layout`?" in str(harness.send(f"reset !{NEWS} layuot"))
    assert "already in effect" in str(harness.send(f"reset !{NEWS} layout"))


def test_a_block_takes_back_what_it_leaves_out_and_names_who_had_set_it(
    harness: CommandHarness, current_value: CurrentValue
) -> None:
    other = "nora@lemmy.example"
    harness.messaging.mods[NEWS].add(other)
    harness.send(f"settings !{NEWS}\nwords: 90")
    harness.clock.advance(86400)
    harness.send(f"set !{NEWS} layout: bullets", other)
    harness.clock.advance(60)
    answer = str(harness.send(f"settings !{NEWS}\nsentences: 2"))
    assert (current_value("words"), current_value("layout"), current_value("sentences")) == (
        100,
        "paragraphs",
        2,
    )
    assert f"Changed in !{NEWS}: `sentences: 4` → `2`" in answer
    assert "- `words: 90` → `100` (set by `mona＠lemmy.example`, 2026-03-01)" in answer
    assert "- `layout: bullets` → `paragraphs` (set by `nora＠lemmy.example`, 2026-03-02)" in answer


def test_a_change_of_a_list_shows_what_was_added_and_removed(harness: CommandHarness) -> None:
    harness.send(f"set !{NEWS} block_domains: a.example, b.example")
    harness.clock.advance(60)
    answer = str(harness.send(f"set !{NEWS} block_domains: b.example, c.example"))
    assert f"Changed in !{NEWS}: `block_domains`: `+ [c.example]`, `− [a.example]`" in answer


def test_a_message_that_is_handled_after_a_newer_one_changes_nothing(
    harness: CommandHarness, current_value: CurrentValue
) -> None:
    older = harness.clock()
    harness.clock.advance(60)
    harness.send(f"set !{NEWS} words: 90")
    answer = str(harness.send(f"set !{NEWS} words: 80", sent=older))
    assert current_value("words") == 90
    assert "Last changed by the moderators: message" in answer


@pytest.mark.parametrize(
    ("profile", "values"),
    [
        ("quiet", {"only_on_request": True}),
        ("News", {"source_line": True, "crossposts": False, "max_age_hours": 12}),
        ("strict\nallow_domains: paper.example", {"sentences": 2, "layout": "collapsed"}),
        ("strict\nsentences: 5\nallow_domains: paper.example", {"sentences": 5, "layout": "collapsed"}),
    ],
)
def test_a_profile_is_a_starting_point(
    harness: CommandHarness, current_value: CurrentValue, profile: str, values: dict[str, Any]
) -> None:
    harness.send(f"settings !{NEWS}\nprofile: {profile}")
    assert {name: current_value(name) for name in values} == values


def test_a_profile_is_set_with_one_line_within_the_operators_limits(
    harness: CommandHarness, current_value: CurrentValue
) -> None:
    harness.limits = ModeratorLimits(frozenset({"crossposts"}), {}, {"max_age_hours": 6})
    harness.send(f"set !{NEWS} profile: news")
    assert (current_value("source_line"), current_value("crossposts")) == (True, True)
    assert current_value("max_age_hours") == 6


def test_a_profile_that_needs_a_setting_says_so(harness: CommandHarness, current_value: CurrentValue) -> None:
    answer = str(harness.send(f"set !{NEWS} profile: strict"))
    assert "the profile `strict` needs the line `allow_domains` too." in answer
    harness.send(f"set !{NEWS} allow_domains: paper.example")
    harness.clock.advance(60)
    harness.send(f"set !{NEWS} profile: strict")
    assert (current_value("layout"), current_value("allow_domains")) == ("collapsed", ("paper.example",))
    assert "must be one of: quiet, news, strict. Example: `profile: quiet`" in str(
        harness.send(f"set !{NEWS} profile: qiet")
    )


def test_the_operator_can_define_profiles(harness: CommandHarness, current_value: CurrentValue) -> None:
    harness.profiles = {"evening": Profile({"words": 60})}
    harness.send(f"set !{NEWS} profile: evening")
    assert current_value("words") == 60


@pytest.mark.parametrize(
    ("line", "dialect", "warning"),
    [
        ("sticky: true", Dialect.LEMMY, "`sticky` has no effect here"),
        ("distinguished: yes", Dialect.PIEFED, "`distinguished` has no effect here"),
        ("sticky: false", Dialect.LEMMY, None),
        ("allow_flairs: News", Dialect.LEMMY, "`allow_flairs` may have no effect, or stop every reply"),
        ("block_flairs: News", Dialect.PIEFED, None),
        ("words: 90", Dialect.LEMMY, None),
    ],
)
def test_a_setting_that_has_no_effect_on_the_platform_is_named(
    harness: CommandHarness, line: str, dialect: Dialect, warning: str | None
) -> None:
    harness.messaging.dialect = dialect
    answer = str(harness.send(f"set !{NEWS} {line}"))
    assert (warning or "") in answer
    assert ("no effect" in answer) is (warning is not None)


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "pt", "it", "nl"])
def test_the_answer_to_a_change_of_one_setting_fits_on_a_phone(
    harness: CommandHarness, language: str
) -> None:
    harness.operator_rules = {"language": language}
    harness.watched = {"news"}  # the longest answer says that the bot does not watch the community
    lines = [
        "layout: bullets",
        "nsfw: true",
        "quiet_hours: 22-7",
        "footer_line: " + "w" * 200,
        "block_domains: " + ", ".join(f"site{number}.example" for number in range(150)),
        "block_title_words: [" + ", ".join(f"word {number}" for number in range(150)) + "]",
    ]
    for line in lines:
        harness.clock.advance(60)
        answer = str(harness.send(f"set !{NEWS} {line}"))
        assert answer.count("\n") + 1 + 2 <= 8, answer  # two more lines name the message
        assert len(answer) + 130 <= 600, answer
    for line in lines:
        harness.clock.advance(60)
        answer = str(harness.send(f"reset !{NEWS} {line.partition(':')[0]}"))
        assert answer.count("\n") + 1 + 2 <= 8, answer
        assert len(answer) + 130 <= 600, answer


@pytest.mark.parametrize("line", [f"set !{NEWS} {{}}", f"!{NEWS} {{}}", f"set !{NEWS}\n{{}}", "{}"])
@pytest.mark.parametrize("item", ["https://www.site-{}.example/", "site-{}.example"])
def test_no_part_of_a_long_line_is_lost(
    harness: CommandHarness, current_value: CurrentValue, line: str, item: str
) -> None:
    value = ", ".join(item.format(number) for number in range(100))
    harness.send(line.format(f"block_domains: {value}"))
    assert current_value("block_domains") == tuple(f"site-{number}.example" for number in range(100))


@pytest.mark.parametrize("text", ["reset profile !{}", "reset !{} profile layout", "zurücksetzen !{} Profil"])
def test_a_profile_cannot_be_reset(harness: CommandHarness, text: str) -> None:
    answer = str(harness.send(text.format(NEWS)))
    assert f"!{NEWS} layout`" in answer
    assert harness.settings_log.latest_settings(NEWS) is None
