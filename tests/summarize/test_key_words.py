from __future__ import annotations

import pytest

from bot.summarize import key_words, reading_minutes
from tests.summarize.texts import article

TEXT = (
    "The wall of Osby gave way on Monday. Anna Berg had built the wall in 1904. The wall buried four cars. "
    "A new wall will cost Osby two million euros."
)


def test_key_words_are_words_that_the_article_repeats() -> None:
    assert set(key_words(article(TEXT, title="Wall of Osby gives way"), 2)) == {"wall", "Osby"}


@pytest.mark.parametrize("text", ["", "One two three four.", "…", "123 123 123"])
def test_there_can_be_no_key_words(text: str) -> None:
    assert key_words(article(text)) == ()


@pytest.mark.parametrize(("words", "minutes"), [(0, 1), (238, 1), (1000, 4)])
def test_reading_time_is_in_whole_minutes(words: int, minutes: int) -> None:
    assert reading_minutes(words) == minutes
