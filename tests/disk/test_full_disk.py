"""The disk is full at one write after another: nothing is lost or sent twice, and the log reports it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.workers.confinement import kernel_support
from tests.disk.runs import ALL_LATER_WRITES, ONE_WRITE, RunResult
from tests.disk.verdict import violations

STEP = 25
"""`make disk` lets every write fail; here every 25th. The last run has no failure."""


@pytest.mark.skipif(not kernel_support().seccomp, reason="needs seccomp to let the writes fail")
def test_no_failed_write_loses_or_duplicates_anything(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.disk.runs", str(tmp_path), str(STEP)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert violations(json.loads(done.stdout)) == []


def a_result(**change: object) -> RunResult:
    return {"write": 1, "failed": 3, "problems": [], "reported": 1, **change}  # type: ignore[typeddict-item]


@pytest.mark.parametrize(
    ("results", "words"),
    [
        ([a_result(problems=["replies: {'1': 2}"])], "replies"),
        ([a_result(reported=0)], "not reported"),
        ([a_result(failed=0)], "did not fail"),
    ],
)
def test_the_verdict_finds_each_violation(results: list[RunResult], words: str) -> None:
    good = [*(a_result() for _ in range(6)), a_result(failed=0, reported=0)]
    assert violations({ALL_LATER_WRITES: good, ONE_WRITE: good}) == []
    (violation,) = violations({ALL_LATER_WRITES: [*results, *good], ONE_WRITE: good})
    assert words in violation


def test_too_few_writes_prove_nothing() -> None:
    unfailing = [a_result(failed=0, reported=0)]
    assert len(violations({ALL_LATER_WRITES: unfailing, ONE_WRITE: unfailing})) == 2
