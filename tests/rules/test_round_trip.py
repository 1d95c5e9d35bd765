"""What the bot shows as a line of settings is accepted unchanged."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules import CommunityRules
from bot.rules.setting_kinds import is_free_text, is_list
from bot.rules.validation import parse_settings, to_yaml
from tests.rules.parsing import NO_LIMITS

FREE_TEXT = [name for name in CommunityRules.model_fields if is_free_text(name)]
_characters = st.characters(
    exclude_categories=("C", "Z"), exclude_characters="\\`\u201c\u201d\u201e\xab\xbb\u2018\u2019"
)
_words = st.lists(st.text(_characters, min_size=1, max_size=8), min_size=1, max_size=4).map(" ".join)


@pytest.mark.parametrize("name", FREE_TEXT)
@given(st.data())
def test_a_free_text_is_accepted_as_it_is_shown(name: str, data: st.DataObject) -> None:
    value: Any = data.draw(st.lists(_words, min_size=1, max_size=4) if is_list(name) else _words)
    assert parse_settings(f"{name}: {to_yaml(value)}", NO_LIMITS) == {name: value}


@pytest.mark.parametrize("name", FREE_TEXT)
def test_signs_that_mean_something_are_kept(name: str) -> None:
    for text in (
        "#metoo",
        "C # and C++",
        "a, b",
        "[Live]",
        "- x",
        "it's",
        '"us"',
        "a: b",
        "*x*",
        "&x",
        "a  b".strip(),
    ):
        value = [text, "other"] if is_list(name) else text
        settings = parse_settings(f"{name}: {to_yaml(value)}", NO_LIMITS)
        expected = [" ".join(text.split()), "other"] if is_list(name) else " ".join(text.split())
        assert settings == {name: expected}


def test_a_list_with_a_question_mark_and_a_bracket_is_accepted_as_it_is_shown() -> None:
    shown = to_yaml(["?", "["])
    assert parse_settings(f"allow_title_words: {shown}", NO_LIMITS) == {"allow_title_words": ["?", "["]}
