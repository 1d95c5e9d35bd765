"""`benchmarks.compare` runs every query on a generated database; here with this checkout as both."""

from __future__ import annotations

from pathlib import Path

from benchmarks.compare import compare_queries

ROOT = Path(__file__).parents[2]


def test_every_query_has_a_figure_of_both_checkouts() -> None:
    table = compare_queries(ROOT, ROOT, 200)
    names, before, after, ratios = (list(column.cells) for column in table.columns)
    assert "find a reply by its post" in names
    assert len(names) == len(before) == len(after) == len(ratios) > 20
    assert all(float(str(cell)) > 0 for cell in (*before, *after))
