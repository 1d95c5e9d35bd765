# ruff: noqa: E501 - whole messages, as people get them, are easier to compare on one line
"""What moderators wrote, checked: every setting, every kind of mistake, the operator's limits."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.i18n.translations import LANGUAGES, translator
from bot.rules import CommunityRules
from bot.rules.moderator_limits import ModeratorLimits
from bot.rules.setting_errors import InvalidSettings
from bot.rules.validation import clamp_to_limits, example_line, parse_settings

FREE = ModeratorLimits()


def mistakes(text: str, limits: ModeratorLimits = FREE) -> list[str]:
    with pytest.raises(InvalidSettings) as caught:
        parse_settings(text, limits)
    return [problem.to_markdown(translator("en")) for problem in caught.value.problems]


@pytest.mark.parametrize("name", CommunityRules.model_fields)
def test_the_example_of_every_setting_is_taken(name: str) -> None:
    settings = parse_settings(example_line(name), FREE)
    field = CommunityRules.model_fields[name]
    expected = getattr(CommunityRules(**{name: field.examples[0] if field.examples else field.default}), name)
    assert getattr(CommunityRules(**settings), name) == expected


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("nsfw: yes", {"nsfw": True}),
        ("languages: no", {"languages": ["no"]}),
        ("allow_domains:", {"allow_domains": []}),
        (
            "block_domains: https://www.Shop.example/x, b.example",
            {"block_domains": ["shop.example", "b.example"]},
        ),
        ("quiet_hours: 22-7", {"quiet_hours": "22:00-07:00"}),
        ("quiet_hours: 22.30 – 7", {"quiet_hours": "22:30-07:00"}),
        ('quiet_hours: ""', {"quiet_hours": ""}),
    ],
)
def test_values_are_taken_as_people_write_them(text: str, settings: dict[str, Any]) -> None:
    assert parse_settings(text, FREE) == settings


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("sentances: 3", "Line 1: “sentances” is no setting. Did you mean `sentences`? Write for example: `sentences: 4`"),
        ("words: 9", "Line 1: `words` is a whole number from 20 to 600. Write for example: `words: 100`"),
        ("words: many", "Line 1: `words` is a whole number from 20 to 600. Write for example: `words: 100`"),
        ("words: [100, 200]", "Line 1: `words` takes one value and no list. Write for example: `words: 100`"),
        ("nsfw: perhaps", "Line 1: `nsfw` is true or false. Write for example: `nsfw: false`"),
        ("layout: bulets", "Line 1: `layout` is one of: paragraphs, bullets, collapsed. Write for example: `layout: paragraphs`"),
        ("language: xx", "Line 1: `language` is one of: auto, en, de, fr, es, pt, it, nl. Write for example: `language: en`"),
        ("languages: english", "Line 1: `languages` takes codes of two letters for languages. Write for example: `languages: [en, de]`"),
        ("quiet_hours: never", "Line 1: `quiet_hours` is from one time of day to another. Write for example: `quiet_hours: 22:00-07:00`"),
        ("time_zone: Mars", "Line 1: `time_zone` is the name of a time zone. Write for example: `time_zone: Europe/Berlin`"),
        ("block_domains: a b", "Line 1: “a b” will not do for `block_domains`. Write for example: `block_domains: [shop.example]`"),
        ("footer_line: " + "x" * 201, "Line 1: `footer_line` may have at most 200 characters. Write for example: `footer_line: Questions? Ask the moderators.`"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line_and_its_remedy(text: str, told: str) -> None:
    assert mistakes(text) == [told]


def test_all_mistakes_of_a_text_are_told_in_its_order() -> None:
    told = mistakes("layout: x\n\nfoo: 1\nwords: 1\nnsfw: true")
    assert [line.split(":")[0] for line in told] == ["Line 1", "Line 3", "Line 4"]


def test_a_list_may_be_long_but_not_endless() -> None:
    many = ", ".join(f"s{n}.example" for n in range(201))
    assert mistakes(f"block_domains: [{many}]")[0].startswith(
        "Line 1: `block_domains` may have at most 200 entries."
    )


def test_the_operator_bounds_what_moderators_may_set() -> None:
    limits = ModeratorLimits(frozenset({"method"}), {"min_saved": 50}, {"words": 200})
    assert parse_settings("words: 200\nmin_saved: 50", limits) == {"words": 200, "min_saved": 50}
    assert mistakes("method: lsa\nwords: 201\nmin_saved: 49", limits) == [
        "Line 1: `method` is set by whoever runs this bot and cannot be changed here.",
        "Line 2: `words` is a whole number from 20 to 200. Write for example: `words: 20`",
        "Line 3: `min_saved` is a whole number from 50 to 95. Write for example: `min_saved: 50`",
    ]


def test_limits_that_came_later_hold_for_what_was_set_before() -> None:
    limits = ModeratorLimits(frozenset({"method"}), {"min_saved": 50}, {"words": 200})
    settings = {"method": "lsa", "words": 500, "min_saved": 20, "nsfw": True, "of another version": 3}
    assert clamp_to_limits(settings, limits) == {"words": 200, "min_saved": 50, "nsfw": True}


@pytest.mark.parametrize("language", LANGUAGES)
def test_mistakes_are_told_in_every_language(language: str) -> None:
    with pytest.raises(InvalidSettings) as caught:
        parse_settings("sentances: 3\nwords: 9\nnsfw: x\nlayout: y", FREE)
    told = [problem.to_markdown(translator(language)) for problem in caught.value.problems]
    assert len(set(told)) == 4
    assert all(word in told[0] for word in ("1", "sentances", "`sentences`"))


@given(st.sampled_from(list(CommunityRules.model_fields)), st.text(max_size=60))
def test_no_value_is_more_than_a_mistake(name: str, value: str) -> None:
    with suppress(InvalidSettings):
        settings = parse_settings(f"{name}: {value}", FREE)
        assert CommunityRules(**settings).model_fields_set == {name}
