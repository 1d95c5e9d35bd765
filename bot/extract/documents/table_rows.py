"""Find the rows of tables among the lines of a column."""

from __future__ import annotations

from collections.abc import Sequence

from bot.extract.documents.page_layout import Line

_TOLERANCE = 2.0
"""How far the cells of a column may begin apart, relative to the font size: figures end at the same place."""
_MIN_LETTERS = 0.7
_MIN_ROWS = 3
"""Number of rows of a table with two columns."""
_MAX_DISTANCE = 4.0
"""Distance of two rows, relative to the font size."""


def table_rows(lines: Sequence[Line]) -> frozenset[int]:
    """The indexes of the lines that are rows of a table.

    A wide gap alone does not make a row, because justified lines have them: adjacent lines must have a gap at
    the same place, and three of them if no line has more than one.
    """
    found: set[int] = set()
    run: list[int] = []
    for index, line in enumerate(lines):
        if run and not _are_rows(lines[run[-1]], line):
            found.update(run if _is_table(lines, run) else ())
            run = []
        run.append(index)
    found.update(run if _is_table(lines, run) else ())
    return frozenset(found)


def _is_table(lines: Sequence[Line], run: Sequence[int]) -> bool:
    right = max((line.right for line in lines), default=0.0)
    is_whole_column = len(run) == len(lines)
    if not run or (not is_whole_column and all(_is_justified(lines[index], right) for index in run)):
        return False
    if len(run) < 2:
        return _is_row_alone(lines[run[0]])
    return len(run) >= _MIN_ROWS or any(len(lines[index].cell_starts) > 1 for index in run)


def _is_justified(line: Line, right: float) -> bool:
    """Whether a line may be one of justified text: letters up to the right border of the column."""
    letters = sum(map(str.isalpha, line.text))
    return line.right > right - line.size / 2 and letters >= _MIN_LETTERS * len(line.text.replace(" ", ""))


def _is_row_alone(line: Line) -> bool:
    """Whether a line has nothing but cells of one or two words, as the first row of a table on a page."""
    cells = len(line.cell_starts) + 1
    return cells >= _MIN_ROWS and len(line.text.split()) <= 2 * cells


def _are_rows(line: Line, following: Line) -> bool:
    distance = line.baseline - following.baseline
    return distance <= _MAX_DISTANCE * line.size and _share_cells(line, following)


def _share_cells(line: Line, other: Line) -> bool:
    distance = _TOLERANCE * max(line.size, other.size)
    return any(abs(a - b) <= distance for a in line.cell_starts for b in other.cell_starts)
