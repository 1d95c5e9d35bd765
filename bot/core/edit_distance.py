"""The nearest of some words to a word that may be misspelt."""

from __future__ import annotations

from collections.abc import Iterable

MAX_LENGTH = 200
"""Characters of a word that are compared: the time grows with the product of both lengths."""


def edit_distance(one: str, other: str) -> int:
    """Insertions, deletions, substitutions and swaps of two neighbours that turn one text into the other.

    Optimal string alignment (Damerau, https://doi.org/10.1145/363958.363994), by the bit vectors of Hyyrö
    (A Bit-Vector Algorithm for Computing Levenshtein and Damerau Edit Distances, 2003): a bit of each number
    is a row of the usual table, and each step of the loop is a column. `increases` and `decreases` tell where
    the value of a row differs by one from that of the row above it, or of the column before it.
    """
    one, other = one[:MAX_LENGTH], other[:MAX_LENGTH]
    if not one or not other:
        return len(one) + len(other)
    rows: dict[str, int] = {}
    for row, char in enumerate(one):
        rows[char] = rows.get(char, 0) | 1 << row
    every, last = (1 << len(one)) - 1, 1 << (len(one) - 1)
    increases, decreases, free, previous = every, 0, 0, 0
    distance = len(one)
    for char in other:
        same = rows.get(char, 0)
        swapped = (~free & same) << 1 & previous
        free = ((same & increases) + increases ^ increases) | same | decreases | swapped  # no cost diagonally
        to_right_more = decreases | every & ~(free | increases)
        to_right_less = free & increases
        distance += bool(to_right_more & last) - bool(to_right_less & last)
        shifted = to_right_more << 1 | 1
        increases = to_right_less << 1 | every & ~(free | shifted)
        decreases = shifted & free
        previous = same
    return distance


def edits_within(one: str, other: str, limit: int) -> int | None:
    """The edit distance; None if it is more than `limit`."""
    if abs(len(one) - len(other)) > limit:
        return None
    edits = edit_distance(one, other)
    return edits if edits <= limit else None


def nearest(word: str, candidates: Iterable[str], *, share: float = 0.45) -> str | None:
    """The candidate with the fewest edits; None if all need more than `share` of the longer one's length.

    One edit is always allowed in words of more than one letter. Of several candidates, the one with the same
    first letter is preferred, then the one of the most similar length.
    """
    best: tuple[int, bool, int, str] | None = None
    for candidate in candidates:
        longer = max(len(word), len(candidate))
        allowed = min(max(1, int(share * longer)), longer - 1, best[0] if best else longer)
        edits = edits_within(word, candidate, allowed)
        if edits is None:
            continue
        key = edits, word[:1] != candidate[:1], abs(len(word) - len(candidate)), candidate
        best = key if best is None or key < best else best
    return best[-1] if best else None
