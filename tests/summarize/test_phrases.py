"""Phrases of a word list are found in the texts where their pattern alone finds them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.summarize.phrases import anywhere, at_start, plain_words

PHRASES = ["the following", "don't", "left)", "see above", "j'", "a-t-il"]
WORDS = st.sampled_from(
    [
        "The",
        "the",
        "following",
        "Don’t",
        "don't",
        "left)",
        "(left",
        "SEE",
        "above",
        "j'ai",
        "_",
        "a-t-il",
        ".",
    ]
)


@given(st.lists(WORDS, max_size=8).map(" ".join))
def test_the_words_rule_out_only_texts_without_a_match(text: str) -> None:
    inside, first = anywhere(PHRASES), at_start(PHRASES)
    assert inside.find(text, plain_words(text)) == inside.pattern.findall(text)
    assert bool(first.match(text)) == bool(first.pattern.match(text))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Read the\u00a0following list.", ["the\u00a0following"]),
        ("Breathe following it.", []),
        ("We don’t.", ["don’t"]),
        ("It is on the page above.", []),
    ],
)
def test_a_phrase_has_whole_words(text: str, found: list[str]) -> None:
    assert anywhere(PHRASES).find(text, plain_words(text)) == found


def test_an_empty_list_has_no_match() -> None:
    assert at_start([]).match("He left.") is None
    assert anywhere([]).find("He left.", plain_words("He left.")) == []
