"""A text is matched only against the patterns for its first character."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.extract.first_characters import PatternStarts, first_characters

PATTERNS = ["read more", "(?:see|view) also", "ads?$", "\\d+ comments?", "(?:à )?lire", "\\[?more", "[(]x"]
WORDS = st.sampled_from(
    ["read", "more", "see", "view", "also", "ad", "ads", "3", "comment", "à", "lire", "[", "(x"]
)


@pytest.mark.parametrize(
    ("pattern", "characters"),
    [
        ("read more", "r"),
        ("read|view", "rv"),
        ("(?:à )?lire", "àl"),
        ("(?:daily )*news", "dn"),
        ("a?b?c", "abc"),
        ("a{0,2}b", "ab"),
        ("a{1,2}b", "a"),
        ("\\[?more", "[m"),
        ("[(\\[]x", None),
        ("[(«]x", "(«"),
        ("[a-c]x", None),
        ("[^a]x", None),
        ("\\bword", "w"),
        ("(?=x)word", "w"),
        ("^word", "w"),
        ("\\.net", "."),
        ("\\d+ comments", None),
        (".{2,5}x", None),
        ("a?", None),
        ("a|", None),
        ("(?P<name>a)", None),
        ("(a", None),
        ("a)", None),
    ],
)
def test_first_characters(pattern: str, characters: str | None) -> None:
    assert first_characters(pattern) == (None if characters is None else frozenset(characters))


@given(st.lists(WORDS, max_size=4).map(" ".join))
def test_the_same_texts_match_as_with_all_patterns(text: str) -> None:
    assert bool(PatternStarts(PATTERNS).match(text)) == bool(re.match("|".join(PATTERNS), text))


def test_no_patterns_match_nothing() -> None:
    starts = PatternStarts([])
    starts.compile()
    assert starts.match("") is None
    assert starts.match("read more") is None
