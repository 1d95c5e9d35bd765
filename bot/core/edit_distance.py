"""The nearest of some words to a word that may be misspelt."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable

MAX_LENGTH = 50
"""Characters of a word that are compared: the time grows with the product of both lengths."""


def edit_distance(one: str, other: str) -> int:
    """Insertions, deletions, substitutions and swaps of two neighbours that turn one text into the other.

    Optimal string alignment (Damerau, https://doi.org/10.1145/363958.363994).
    """
    distance = edits_within(one, other, MAX_LENGTH)
    assert distance is not None  # it is never more than the longer text
    return distance


def edits_within(one: str, other: str, limit: int) -> int | None:
    """The edit distance; None if it is more than `limit`, which most words show at a glance."""
    one, other = one[:MAX_LENGTH], other[:MAX_LENGTH]
    if abs(len(one) - len(other)) > limit or _missing_letters(one, other) > limit:
        return None
    before: list[int] = []
    previous = list(range(len(other) + 1))
    for row, char in enumerate(one, 1):
        current = [row]
        for column, target in enumerate(other, 1):
            cost = min(previous[column] + 1, current[column - 1] + 1, previous[column - 1] + (char != target))
            is_swap = row > 1 and column > 1 and char == other[column - 2] and one[row - 2] == target
            current.append(min(cost, before[column - 2] + 1) if is_swap else cost)
        if min(current) > limit and min(previous) >= limit:  # a swap adds one edit to the row before
            return None
        before, previous = previous, current
    return previous[-1] if previous[-1] <= limit else None


def _missing_letters(one: str, other: str) -> int:
    """At least so many edits are needed: each changes one letter that only one of the texts has."""
    ours, theirs = _letters(one), _letters(other)
    return max((ours & ~theirs).bit_count(), (theirs & ~ours).bit_count())


@functools.lru_cache(maxsize=4096)
def _letters(text: str) -> int:
    """The letters of a text as bits. Several letters may have the same bit."""
    return functools.reduce(int.__or__, (1 << ord(char) % 64 for char in text), 0)


def nearest(word: str, candidates: Iterable[str], *, share: float = 0.45) -> str | None:
    """The candidate with the fewest edits; None if all need more than `share` of the longer one's length.

    One edit is always allowed in words of more than one letter. Of several candidates, the one with the same
    first letter is preferred, then the one of the most similar length.
    """
    best: tuple[int, bool, int, str] | None = None
    letters = Counter(word)
    for candidate in candidates:
        longer = max(len(word), len(candidate))
        allowed = min(max(1, int(share * longer)), longer - 1, best[0] if best else longer)
        common = sum((letters & Counter(candidate)).values())
        if longer - common > allowed:  # at least this many edits
            continue
        edits = edits_within(word, candidate, allowed)
        if edits is None:
            continue
        key = edits, word[:1] != candidate[:1], abs(len(word) - len(candidate)), candidate
        best = key if best is None or key < best else best
    return best[-1] if best else None
