# ruff: noqa: E501 - whole messages, as they are sent, are easier to compare on one line
"""Validation of moderators' text: every setting, every kind of mistake, the operator's limits."""

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

NO_LIMITS = ModeratorLimits()


def mistakes(text: str, limits: ModeratorLimits = NO_LIMITS) -> list[str]:
    with pytest.raises(InvalidSettings) as caught:
        parse_settings(text, limits)
    return [problem.to_markdown(translator("en")) for problem in caught.value.problems]


@pytest.mark.parametrize("name", CommunityRules.model_fields)
def test_the_example_of_every_setting_is_valid(name: str) -> None:
    settings = parse_settings(example_line(name), NO_LIMITS)
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
def test_values_are_accepted_in_common_forms(text: str, settings: dict[str, Any]) -> None:
    assert parse_settings(text, NO_LIMITS) == settings


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("sentances: 3", "Line 1: “sentances” is not a setting. Did you mean `sentences`? Example: `sentences: 4`"),
        ("words: 9", "Line 1: `words` must be a whole number from 20 to 600. Example: `words: 100`"),
        ("words: many", "Line 1: `words` must be a whole number from 20 to 600. Example: `words: 100`"),
        ("words: [100, 200]", "Line 1: `words` takes one value, not a list. Example: `words: 100`"),
        ("nsfw: perhaps", "Line 1: `nsfw` must be true or false. Example: `nsfw: false`"),
        ("layout: bulets", "Line 1: `layout` must be one of: paragraphs, bullets, collapsed. Example: `layout: bullets`"),
        ("language: xx", "Line 1: `language` must be one of: auto, " + ", ".join(LANGUAGES) + ". Example: `language: en`"),
        ("languages: elvish", "Line 1: `languages` takes two-letter language codes. Example: `languages: [en, de]`"),
        ("quiet_hours: never", "Line 1: `quiet_hours` must be a range of two times of day. Example: `quiet_hours: 22:00-07:00`"),
        ("time_zone: Mars", "Line 1: `time_zone` must be the name of a time zone. Example: `time_zone: Europe/Berlin`"),
        ("block_domains: a b", "Line 1: “a b” is not a valid value for `block_domains`. Example: `block_domains: [shop.example]`"),
        ("footer_line: " + "x" * 201, "Line 1: `footer_line` can have at most 200 characters. Example: `footer_line: Questions? Ask the moderators.`"),
    ],
)  # fmt: skip
def test_a_mistake_is_reported_with_its_line_and_an_example(text: str, messages: str) -> None:
    assert mistakes(text) == [messages]


def test_all_mistakes_are_reported_in_order() -> None:
    messages = mistakes("layout: x\n\nfoo: 1\nwords: 1\nnsfw: true")
    assert [line.split(":")[0] for line in messages] == ["Line 1", "Line 3", "Line 4"]


def test_the_length_of_a_list_is_limited() -> None:
    many = ", ".join(f"s{n}.example" for n in range(201))
    assert mistakes(f"block_domains: [{many}]")[0].startswith(
        "Line 1: `block_domains` can have at most 200 entries."
    )


def test_the_operators_limits_apply_to_moderators() -> None:
    limits = ModeratorLimits(frozenset({"method"}), {"min_saved": 50}, {"words": 200})
    assert parse_settings("words: 200\nmin_saved: 50", limits) == {"words": 200, "min_saved": 50}
    assert mistakes("method: lsa\nwords: 201\nmin_saved: 49", limits) == [
        "Line 1: `method` is set by the operator of this bot and cannot be changed here.",
        "Line 2: `words` must be a whole number from 20 to 200. Example: `words: 20`",
        "Line 3: `min_saved` must be a whole number from 50 to 95. Example: `min_saved: 50`",
    ]


def test_stored_settings_are_clamped_to_new_limits() -> None:
    limits = ModeratorLimits(frozenset({"method"}), {"min_saved": 50}, {"words": 200})
    settings = {"method": "lsa", "words": 500, "min_saved": 20, "nsfw": True, "of another version": 3}
    assert clamp_to_limits(settings, limits) == {"words": 200, "min_saved": 50, "nsfw": True}


@pytest.mark.parametrize("language", LANGUAGES)
def test_mistakes_are_reported_in_every_language(language: str) -> None:
    with pytest.raises(InvalidSettings) as caught:
        parse_settings("sentances: 3\nwords: 9\nnsfw: x\nlayout: y", NO_LIMITS)
    messages = [problem.to_markdown(translator(language)) for problem in caught.value.problems]
    assert len(set(messages)) == 4
    assert all(word in messages[0] for word in ("1", "sentances", "`sentences`"))


@given(st.sampled_from(list(CommunityRules.model_fields)), st.text(max_size=60))
def test_any_value_is_valid_or_raises_invalid_settings(name: str, value: str) -> None:
    with suppress(InvalidSettings):
        settings = parse_settings(f"{name}: {value}", NO_LIMITS)
        assert CommunityRules(**settings).model_fields_set == {name}
