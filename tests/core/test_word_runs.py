"""Words are split as regular expressions split them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.word_runs import apostrophe_words, joined_words, latin_word_runs, word_runs

RUN = re.compile(r"\w+")
APOSTROPHE_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
JOINED_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
TEXTS = st.text(st.sampled_from("abÀß09²ª¼_'’-.,“”‘–—…×÷ \t\n\xa0\x1c\xadŁЖ中")) | st.text()


@given(TEXTS)
def test_runs_are_those_of_the_pattern(text: str) -> None:
    assert word_runs(text) == RUN.findall(text)


@given(TEXTS)
def test_words_with_marks_are_those_of_the_patterns(text: str) -> None:
    for split, pattern in ((apostrophe_words, APOSTROPHE_WORD), (joined_words, JOINED_WORD)):
        words = split(text)
        if words is not None:
            assert words == [word.replace("’", "'") for word in pattern.findall(text)]


@pytest.mark.parametrize(
    ("text", "is_split"),
    [
        ("It’s “done” – in Zürich…", True),
        ("Łódź has a harbour.", False),
        ("В гавани", False),
        ("港に三隻", False),
        ("a\ud800b", False),
    ],
)
def test_other_characters_are_left_to_the_patterns(text: str, is_split: bool) -> None:
    for split in (latin_word_runs, apostrophe_words, joined_words):
        assert (split(text) is not None) is is_split
