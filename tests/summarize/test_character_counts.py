"""Letters, capitals and digits are counted as the methods of `str` define them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.summarize.character_counts import latin_small_letters, letters_capitals_digits


@given(st.text() | st.text(st.sampled_from("aZ09 .é²Ⅷǅß日٣\ud800")))
def test_the_counts_are_those_of_a_loop(text: str) -> None:
    kinds = (str.isalpha, str.isupper, str.isdigit)
    assert letters_capitals_digits(text) == tuple(sum(map(kind, text)) for kind in kinds)
    assert latin_small_letters(text) == sum("a" <= letter <= "z" for letter in text)
