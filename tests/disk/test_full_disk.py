"""Disk full at one write after another: nothing lost that was committed, nothing twice, one clear line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.confinement import offered

STEP = 25
"""`make disk` tries every write; here every 25th, and the last life is undisturbed."""


@pytest.mark.skipif(not offered().calls, reason="no seccomp here to fail the writes with")
def test_no_write_that_fails_loses_or_doubles_anything(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.disk.lives", str(tmp_path), str(STEP)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    for kind, lives in json.loads(ran.stdout).items():
        *disturbed, undisturbed = lives
        assert [life["wrong"] for life in lives] == [[]] * len(lives), kind
        assert len(disturbed) >= 5, "too few writes to prove anything"
        assert all(life["failed"] for life in disturbed)
        if kind == "all writes":  # SQLite gets over a single one, in a checkpoint, without a word
            assert all(life["told"] for life in disturbed)
        assert (undisturbed["failed"], undisturbed["told"]) == (0, 0)
