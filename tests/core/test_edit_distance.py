from __future__ import annotations

from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.edit_distance import edit_distance, edits_within, nearest

WORDS = st.text("abc", max_size=6)


def by_the_table(one: str, other: str) -> int:
    """The usual algorithm: each cell from the three before it, or from the one before a swap."""
    table = [[row + column for column in range(len(other) + 1)] for row in range(len(one) + 1)]
    for row, column in product(range(1, len(one) + 1), range(1, len(other) + 1)):
        table[row][column] = min(
            table[row - 1][column] + 1,
            table[row][column - 1] + 1,
            table[row - 1][column - 1] + (one[row - 1] != other[column - 1]),
        )
        if row > 1 and column > 1 and one[row - 2 : row] == other[column - 2 : column][::-1]:
            table[row][column] = min(table[row][column], table[row - 2][column - 2] + 1)
    return table[-1][-1]


@pytest.mark.parametrize(
    ("one", "other", "edits"),
    [("", "", 0), ("puase", "pause", 1), ("pse", "pause", 2), ("ca", "abc", 3), ("abcd", "bcde", 2)],
)  # fmt: skip
def test_the_number_of_edits(one: str, other: str, edits: int) -> None:
    assert edit_distance(one, other) == edits


@given(st.text("abcé", max_size=90), st.text("abcé", max_size=90))
@example("ab" * 40, "ba" * 40)
def test_it_is_the_same_as_by_the_table(one: str, other: str) -> None:
    assert edit_distance(one, other) == by_the_table(one, other)


@given(WORDS, WORDS)
def test_it_is_symmetric_and_zero_only_for_the_same_text(one: str, other: str) -> None:
    assert edit_distance(one, other) == edit_distance(other, one)
    assert (edit_distance(one, other) == 0) == (one == other)


@given(WORDS, WORDS, st.integers(0, 6))
def test_a_limit_hides_only_more_edits(one: str, other: str, limit: int) -> None:
    edits = edit_distance(one, other)
    assert edits_within(one, other, limit) == (edits if edits <= limit else None)


@given(WORDS.filter(bool), st.lists(WORDS.filter(bool), max_size=5))
def test_no_other_candidate_is_nearer(word: str, candidates: list[str]) -> None:
    found = nearest(word, candidates, share=1.0)
    edits = [
        edit_distance(word, each)
        for each in candidates
        if edit_distance(word, each) < max(len(word), len(each))
    ]
    assert (None if found is None else edit_distance(word, found)) == (min(edits) if edits else None)


def test_a_word_that_is_too_different_has_no_nearest() -> None:
    assert nearest("hello", ["pause", "resume"]) is None
    assert nearest("resmue", ["pause", "resume", "remove"]) == "resume"
