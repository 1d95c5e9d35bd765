"""Group the lines of a PDF document into paragraphs, across columns and pages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from msgspec import Struct

from bot.extract.documents.page_layout import Line
from bot.extract.documents.table_rows import table_rows

_SENTENCE_END = re.compile(r"[.!?:;…。！？।؟][\"'”’»)\]]*$")
BULLET = re.compile(r"(?:[•●○◦▪■□▸►‣⁃∙·*–—-]|\(?\d{1,2}[.)]|\(?[a-z]\)|\([ivx]+\))\s+(?=\S)")
_LARGER_GAP = 1.35
"""A paragraph begins after a distance of baselines this much larger than usual."""
_FORMULA_GAP = 2.0
_SAME_SIZE = 0.07
_INDENT = 0.6
"""Relative to the font size."""
_MAX_INDENT = 5.0


class LineGroup(Struct, frozen=True):
    """The lines of one paragraph, heading, list item or row of a table."""

    lines: tuple[Line, ...]
    is_table_row: bool = False

    @property
    def first(self) -> Line:
        return self.lines[0]

    @property
    def last(self) -> Line:
        return self.lines[-1]

    @property
    def text(self) -> str:
        return " ".join(line.text for line in self.lines)

    @property
    def size(self) -> float:
        return self.first.size

    @property
    def bold(self) -> bool:
        return all(line.bold for line in self.lines)

    @property
    def is_item(self) -> bool:
        return bool(BULLET.match(self.first.text))


class _Column(Struct, frozen=True):
    left: float
    right: float
    leading: float
    """Usual distance between two baselines."""


def group_lines(lines: Sequence[Line]) -> list[LineGroup]:
    """The groups of lines in each column, in reading order."""
    groups: list[LineGroup] = []
    for column in _split_columns(lines):
        measures = _measure(column)
        rows = table_rows(column)
        current: list[Line] = []
        for index, line in enumerate(column):
            after = column[index + 1] if index + 1 < len(column) else None
            if current and (index in rows or _begins_group(current, line, after, measures)):
                groups.append(LineGroup(tuple(current)))
                current = []
            if index in rows:
                groups.append(LineGroup((line,), is_table_row=True))
            else:
                current.append(line)
        if current:
            groups.append(LineGroup(tuple(current)))
    return groups


def join_across_breaks(groups: Sequence[LineGroup]) -> list[LineGroup]:
    """The groups, with those joined that a column or page break divides.

    Call it when footnotes, captions and the like are left out: they may stand between the two parts.
    """
    joined: list[LineGroup] = []
    for group in groups:
        if joined and _goes_on(joined[-1], group):
            joined[-1] = LineGroup(joined[-1].lines + group.lines)
        else:
            joined.append(group)
    return joined


def _split_columns(lines: Sequence[Line]) -> Iterator[list[Line]]:
    column: list[Line] = []
    for line in lines:
        if column and line.column != column[-1].column:
            yield column
            column = []
        column.append(line)
    if column:
        yield column


def _measure(column: Sequence[Line]) -> _Column:
    gaps = sorted(
        before.baseline - line.baseline
        for before, line in pairwise(column)
        if _same_size(before, line) and 0 < before.baseline - line.baseline < 3 * line.size
    )
    # Where most paragraphs have one line, the median is the distance of paragraphs.
    leading = gaps[len(gaps) // 4] if gaps else 1.2 * column[0].size
    lefts = sorted(line.left for line in column)
    return _Column(lefts[len(lefts) // 10], max(line.right for line in column), leading)


def _same_size(line: Line, other: Line) -> bool:
    return abs(line.size - other.size) <= _SAME_SIZE * max(line.size, other.size)


def _begins_group(current: list[Line], line: Line, after: Line | None, column: _Column) -> bool:
    last = current[-1]
    if not _same_size(last, line):
        return True
    if _is_bold_break(current, line):
        return True
    gap = (last.baseline - line.baseline) / max(column.leading, line.size)
    goes_on = line.text[:1].islower() and not _SENTENCE_END.search(last.text)  # a formula needs more space
    if goes_on and last.text.endswith("-"):
        return gap > 2 * _FORMULA_GAP
    if gap > (_FORMULA_GAP if goes_on else _LARGER_GAP):
        return True
    if BULLET.match(line.text) and not _is_wrapped_number(last, line, column):
        return True
    return _is_indented(current, line, after) or _ends_early(last, line, column)


def _is_bold_break(current: list[Line], line: Line) -> bool:
    """Whether bold lines end or begin here; a paragraph may begin with a line of bold words."""
    if line.bold == current[-1].bold:
        return False
    return line.bold or all(one.bold for one in current)


def _is_wrapped_number(last: Line, line: Line, column: _Column) -> bool:
    """Whether a line only happens to begin with a dash or a number: the sentence before is not over."""
    if _SENTENCE_END.search(last.text) or line.left > last.left + _INDENT * line.size:
        return False
    return last.right + line.first_word_width > column.right


def _is_indented(current: list[Line], line: Line, after: Line | None) -> bool:
    """Whether a first line is indented, or a hanging indent ends."""
    step = _INDENT * line.size
    last = current[-1]
    if step < line.left - last.left < _MAX_INDENT * line.size:
        is_hanging = len(current) == 1 and after is not None and abs(after.left - line.left) < step
        return not is_hanging
    return len(current) > 1 and last.left - line.left > step and current[0].left - line.left < step


def _ends_early(last: Line, line: Line, column: _Column) -> bool:
    """Whether the sentence ends and the next word would have fitted into the line."""
    space = column.right - last.right
    return bool(_SENTENCE_END.search(last.text)) and space > line.first_word_width + 0.8 * line.size


def _goes_on(group: LineGroup, following: LineGroup) -> bool:
    last, first = group.last, following.first
    if last.column == first.column or group.is_table_row or following.is_table_row:
        return False
    if not _same_size(last, first) or group.bold != following.bold or following.is_item:
        return False
    return not _SENTENCE_END.search(last.text) and (
        first.text[:1].islower() or not first.text[:1].isalpha() or len(last.text.split()) > 3
    )
