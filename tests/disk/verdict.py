"""The results of the runs on a failing disk as a table, and every guarantee that a run violated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tests.disk.runs import ALL_LATER_WRITES, FAILURE_MODES, RunResult

MIN_RUNS = 5
"""Fewer runs with a failure prove nothing."""


def violations(results: Mapping[str, Sequence[RunResult]]) -> list[str]:
    """One sentence per violated guarantee; empty if there is none."""
    return [f"{mode}: {what}" for mode in FAILURE_MODES for what in _violations(mode, results[mode])]


def table(results: Mapping[str, Sequence[RunResult]]) -> str:
    lines = [f"{'what fails':<34}{'runs':>6}{'calls failed':>14}{'reported':>9}{'wrong':>7}"]
    for mode in FAILURE_MODES:
        failing = results[mode][:-1]
        cells = (
            len(failing),
            sum(result["failed"] for result in failing),
            sum(bool(result["reported"]) for result in failing),
            sum(bool(result["problems"]) for result in results[mode]),
        )
        lines.append(f"{mode:<34}{cells[0]:>6}{cells[1]:>14}{cells[2]:>9}{cells[3]:>7}")
    return "\n".join(lines)


def _violations(mode: str, results: Sequence[RunResult]) -> Iterator[str]:
    *failing, last = results
    if len(failing) < MIN_RUNS:
        yield f"only {len(failing)} runs had a failed write"
    for result in results:
        yield from (f"write {result['write']}: {what}" for what in result["problems"])
    if (last["failed"], last["reported"]) != (0, 0):
        yield "the last run had a failure"
    for result in failing:
        if not result["failed"]:
            yield f"write {result['write']} did not fail"
        # SQLite recovers from one failed write in a checkpoint without an error.
        if mode == ALL_LATER_WRITES and not result["reported"]:
            yield f"write {result['write']}: not reported"
