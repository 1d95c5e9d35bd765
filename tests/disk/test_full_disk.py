"""Disk full at one write after another: nothing lost that was committed, nothing twice, one clear line."""

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
"""`make disk` tries every write; here every 25th, and the last life is undisturbed."""


@pytest.mark.skipif(not kernel_support().seccomp, reason="no seccomp here to fail the writes with")
def test_no_write_that_fails_loses_or_doubles_anything(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.disk.runs", str(tmp_path), str(STEP)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert violations(json.loads(ran.stdout)) == []


def a_life(**change: object) -> RunResult:
    return {"write": 1, "failed": 3, "wrong": [], "told": 1, **change}  # type: ignore[typeddict-item]


@pytest.mark.parametrize(
    ("lives", "said"),
    [
        ([a_life(wrong=["replies: {'1': 2}"])], "replies"),
        ([a_life(told=0)], "nothing was said"),
        ([a_life(failed=0)], "did not fail"),
    ],
)
def test_the_verdict_sees_what_goes_wrong(lives: list[RunResult], said: str) -> None:
    well = [*(a_life() for _ in range(6)), a_life(failed=0, told=0)]
    assert violations({ALL_LATER_WRITES: well, ONE_WRITE: well}) == []
    (fault,) = violations({ALL_LATER_WRITES: [*lives, *well], ONE_WRITE: well})
    assert said in fault


def test_too_few_writes_prove_nothing() -> None:
    idle = [a_life(failed=0, told=0)]
    assert len(violations({ALL_LATER_WRITES: idle, ONE_WRITE: idle})) == 2
