"""Find words that stand on top of each other: a reader cannot tell them apart, or sees only one of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from msgspec import Struct

from bot.extract.documents.page_layout import Word

_CELL = 16.0
"""Width and height of the squares in which words are looked up, in points."""
_MAX_WORDS = 100
"""Maximum number of words in one square; no readable text has so many."""
_MAX_CELLS = 200
"""A word that covers more squares is looked up in none; no readable word is so large."""


class Overlaps(Struct, frozen=True):
    """Indexes of words."""

    copies: frozenset[int]
    """Words that stand on the same word: files draw a word twice, a little apart, to make it bold."""
    unclear: frozenset[int]
    """Words that stand on another word, or under one."""


def find_overlaps(words: Sequence[Word]) -> Overlaps:
    cells: dict[tuple[int, int], list[int]] = defaultdict(list)
    for index, word in enumerate(words):
        columns = range(int(word.left // _CELL), int(word.right // _CELL) + 1)
        rows = range(int(word.bottom // _CELL), int(word.top // _CELL) + 1)
        if len(columns) * len(rows) <= _MAX_CELLS:
            for column in columns:
                for row in rows:
                    cells[column, row].append(index)
    copies: set[int] = set()
    unclear: set[int] = set()
    for index, word in enumerate(words):
        x, y = (word.left + word.right) / 2, (word.bottom + word.top) / 2
        around = cells[int(x // _CELL), int(y // _CELL)]
        if len(around) > _MAX_WORDS:
            unclear.add(index)
            continue
        for other in around:
            if other != index and _covers(words[other], x, y):
                if words[other].text == word.text:
                    copies.add(max(index, other))
                else:
                    unclear |= {index, other}
    return Overlaps(frozenset(copies), frozenset(unclear))


def _covers(word: Word, x: float, y: float) -> bool:
    return word.left <= x <= word.right and word.bottom <= y <= word.top
