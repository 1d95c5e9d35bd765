"""Put the lines of a PDF page in reading order: columns from left to right, each from top to bottom.

A region is divided at a gutter: a vertical strip that few lines cross. Lines that cross it, such as a title
above two columns, divide the region into bands, and each band is read column by column. This is a recursive
X-Y cut (Nagy, Seth and Viswanathan, 1992) that allows lines across the gutter.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from statistics import median

from bot.extract.documents.page_layout import Fragment, Line, PageLayout

_MIN_COLUMN_LINES = 4
_MIN_FILLED = 0.25
"""The median line of a column fills at least this share of its side, which may be divided again."""
_MIN_LINE_LENGTH = 14
"""Median number of characters in the lines of a column; the cells of a table are shorter."""
_MIN_LETTERS = 0.6
_MIN_OVERLAP = 0.4
"""Columns stand beside each other for at least this share of the height of the shorter one."""
_STEP = 4.0
"""Distance between the places where a gutter is searched for, in points."""
_SLACK = 1.5
_MAX_DEPTH = 4
_SAME_ROW = 0.4
"""Distance of the baselines of two parts of a line, relative to the font size."""
_MIN_LEADING = 0.9
"""Smallest distance of the baselines of two lines, relative to the font size."""
_CELL_GAP = 2.2
"""Gap between the cells of a table, relative to the font size."""
_RIGHT_TO_LEFT = ("R", "AL")


def lines_in_order(page: PageLayout, first_column: int) -> list[Line]:
    """The lines of a page; its columns are numbered from `first_column`."""
    found: list[Line] = []
    for number, region in enumerate(_columns(list(page.fragments), _MAX_DEPTH), first_column):
        found += _without_limits([_to_line(row, page.number, number) for row in _rows(region)])
    return found


def _without_limits(lines: list[Line]) -> list[Line]:
    """The lines without the limits of sums and the like, which stand too near to a line to be one."""
    return [
        line
        for index, line in enumerate(lines)
        if any(map(str.isalnum, line.text))
        or not any(
            abs(line.baseline - other.baseline) < _MIN_LEADING * other.size and other.size > line.size
            for other in lines[max(0, index - 1) : index + 2]
        )
    ]


def _columns(region: list[Fragment], depth: int) -> Iterator[list[Fragment]]:
    """The columns of a region in reading order."""
    gutter = _find_gutter(region) if depth else None
    if gutter is None:
        if region:
            yield region
        return
    band: list[Fragment] = []
    across: list[Fragment] = []
    for fragment in sorted(region, key=lambda fragment: -fragment.baseline):
        crosses = _crosses(fragment, gutter)
        if crosses and band:
            yield from _band_columns(band, gutter, depth)
            band = []
        elif not crosses and across:
            yield across
            across = []
        (across if crosses else band).append(fragment)
    yield from _band_columns(band, gutter, depth)
    if across:
        yield across


def _band_columns(band: list[Fragment], gutter: float, depth: int) -> Iterator[list[Fragment]]:
    yield from _columns([fragment for fragment in band if fragment.left < gutter], depth - 1)
    yield from _columns([fragment for fragment in band if fragment.left >= gutter], depth - 1)


def _crosses(fragment: Fragment, at: float) -> bool:
    return fragment.left < at - _SLACK and fragment.right > at + _SLACK


def _find_gutter(region: Sequence[Fragment]) -> float | None:
    """Where most lines end on one side or begin on the other; None if that is nowhere."""
    if len(region) < 2 * _MIN_COLUMN_LINES:
        return None
    first, last = min(f.left for f in region), max(f.right for f in region)
    best, best_score = None, 0.0
    at = first + 0.15 * (last - first)
    while at < last - 0.15 * (last - first):
        left = [f for f in region if f.right <= at + _SLACK]
        right = [f for f in region if f.left >= at - _SLACK]
        crossing = len(region) - len(left) - len(right)
        score = min(len(left), len(right)) - crossing
        if score > best_score and _are_columns(left, right, first, at, last):
            best, best_score = at, score
        at += _STEP
    return best


def _are_columns(left: list[Fragment], right: list[Fragment], first: float, at: float, last: float) -> bool:
    if not (_is_column(left, at - first) and _is_column(right, last - at)):
        return False
    top = min(max(f.baseline for f in left), max(f.baseline for f in right))
    bottom = max(min(f.baseline for f in left), min(f.baseline for f in right))
    shorter = min(_height(left), _height(right))
    return top - bottom >= _MIN_OVERLAP * shorter


def _is_column(side: list[Fragment], width: float) -> bool:
    """Whether fragments are lines of text, not labels or figures. Wide spaces may divide a justified line."""
    rows = list(_rows(side))
    if len(rows) < _MIN_COLUMN_LINES:
        return False
    filled = median(max(f.right for f in row) - min(f.left for f in row) for row in rows)
    length = median(sum(len(f.text) for f in row) for row in rows)
    text = "".join(f.text for f in side)
    letters = sum(map(str.isalpha, text))
    return (
        filled >= _MIN_FILLED * width and length >= _MIN_LINE_LENGTH and letters >= _MIN_LETTERS * len(text)
    )


def _height(fragments: Sequence[Fragment]) -> float:
    return max(f.baseline for f in fragments) - min(f.baseline for f in fragments)


def _rows(region: Iterable[Fragment]) -> Iterator[list[Fragment]]:
    """The fragments on one baseline, from top to bottom."""
    row: list[Fragment] = []
    for fragment in sorted(region, key=lambda fragment: -fragment.baseline):
        if row and row[0].baseline - fragment.baseline > _SAME_ROW * max(fragment.size, row[0].size):
            yield row
            row = []
        row.append(fragment)
    if row:
        yield row


def _to_line(row: list[Fragment], page: int, column: int) -> Line:
    is_reversed = _is_right_to_left("".join(fragment.text for fragment in row))
    row.sort(key=lambda fragment: -fragment.right if is_reversed else fragment.left)
    size = max(row, key=lambda fragment: len(fragment.text)).size
    wide = (b for a, b in pairwise(row) if max(b.left - a.right, a.left - b.right) > _CELL_GAP * size)
    first = row[0].words[0]
    return Line(
        text=" ".join(fragment.text for fragment in row),
        left=min(fragment.left for fragment in row),
        right=max(fragment.right for fragment in row),
        baseline=median(fragment.baseline for fragment in row),
        size=size,
        bold=all(fragment.bold for fragment in row),
        page=page,
        column=column,
        cell_starts=tuple(fragment.left for fragment in wide),
        first_word_width=first.right - first.left,
    )


def _is_right_to_left(text: str) -> bool:
    letters = [unicodedata.bidirectional(character) for character in text if character.isalpha()]
    return 2 * sum(letter in _RIGHT_TO_LEFT for letter in letters) > len(letters)
