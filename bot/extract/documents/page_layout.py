"""The text of a page of a PDF with its positions.

Positions are in points (1/72 inch) from the lower left corner of the page as a reader holds it.
"""

from __future__ import annotations

from typing import Self

from msgspec import Struct


class Word(Struct, frozen=True):
    text: str
    left: float
    right: float
    bottom: float
    top: float
    size: float
    """Font size in points."""
    bold: bool = False


class Fragment(Struct, frozen=True):
    """Words that a file draws next to each other on one baseline: a line of a column, or less."""

    words: tuple[Word, ...]
    baseline: float
    size: float
    """The font size of most of its characters."""
    left: float
    right: float

    @classmethod
    def of(cls, words: tuple[Word, ...], baseline: float, size: float) -> Self:
        left, right = min(word.left for word in words), max(word.right for word in words)
        return cls(words, baseline, size, left, right)

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def bold(self) -> bool:
        return all(word.bold for word in self.words)


class PageLayout(Struct, frozen=True):
    number: int
    """0 for the first page of the file."""
    width: float
    height: float
    fragments: tuple[Fragment, ...]
    hidden_words: int = 0
    """Number of words that the file contains but that a reader does not see."""


class Line(Struct, frozen=True):
    """A whole line of a column."""

    text: str
    left: float
    right: float
    baseline: float
    size: float
    bold: bool
    page: int
    column: int
    """Number of its column; columns are numbered in reading order through the document."""
    cell_starts: tuple[float, ...] = ()
    """Left borders of the parts after wide gaps: of the cells of a table, or of words in a justified line."""
    first_word_width: float = 0.0
