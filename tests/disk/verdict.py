"""What the lives on a failing disk prove: a table for people, and every promise that one of them broke."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tests.disk.runs import ALL_LATER_WRITES, FAILURE_MODES, RunResult

LEAST = 5
"""Fewer disturbed lives prove nothing."""


def violations(found: Mapping[str, Sequence[RunResult]]) -> list[str]:
    """A sentence for each promise that did not hold; none when all is well."""
    return [f"{kind}: {what}" for kind in FAILURE_MODES for what in _broken(kind, found[kind])]


def table(found: Mapping[str, Sequence[RunResult]]) -> str:
    lines = [f"{'what fails':<34}{'lives':>6}{'calls failed':>14}{'said so':>9}{'wrong':>7}"]
    for kind in FAILURE_MODES:
        disturbed = found[kind][:-1]
        cells = (
            len(disturbed),
            sum(life["failed"] for life in disturbed),
            sum(bool(life["told"]) for life in disturbed),
            sum(bool(life["wrong"]) for life in found[kind]),
        )
        lines.append(f"{kind:<34}{cells[0]:>6}{cells[1]:>14}{cells[2]:>9}{cells[3]:>7}")
    return "\n".join(lines)


def _broken(kind: str, lives: Sequence[RunResult]) -> Iterator[str]:
    *disturbed, undisturbed = lives
    if len(disturbed) < LEAST:
        yield f"only {len(disturbed)} writes were failed"
    for life in lives:
        yield from (f"write {life['write']}: {what}" for what in life["wrong"])
    if (undisturbed["failed"], undisturbed["told"]) != (0, 0):
        yield "the last life was not left alone"
    for life in disturbed:
        if not life["failed"]:
            yield f"write {life['write']} did not fail"
        if (
            kind == ALL_LATER_WRITES and not life["told"]
        ):  # SQLite gets over a single one, in a checkpoint, without a word
            yield f"write {life['write']}: nothing was said"
