"""The nearest of some words to a word that may be misspelt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

MAX_LENGTH = 50
"""Characters of a word that are compared: the time grows with the product of both lengths."""


def edit_distance(one: str, other: str) -> int:
    """Insertions, deletions, substitutions and swaps of two neighbours that turn one text into the other.

    Optimal string alignment (Damerau, https://doi.org/10.1145/363958.363994).
    """
    one, other = one[:MAX_LENGTH], other[:MAX_LENGTH]
    before: list[int] = []
    previous = list(range(len(other) + 1))
    for row, char in enumerate(one, 1):
        current = [row]
        for column, target in enumerate(other, 1):
            cost = min(previous[column] + 1, current[column - 1] + 1, previous[column - 1] + (char != target))
            is_swap = row > 1 and column > 1 and char == other[column - 2] and one[row - 2] == target
            current.append(min(cost, before[column - 2] + 1) if is_swap else cost)
        before, previous = previous, current
    return previous[-1]


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
        edits = edit_distance(word, candidate)
        if edits > allowed:
            continue
        key = edits, word[:1] != candidate[:1], abs(len(word) - len(candidate)), candidate
        best = key if best is None or key < best else best
    return best[-1] if best else None
