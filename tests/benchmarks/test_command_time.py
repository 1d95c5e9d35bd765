"""The time of a command includes that of processes that nobody waits for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.command_time import command_seconds

WORK = 0.3
"""Seconds of processor time."""
BUSY = f"""
import time
while time.process_time() < {WORK}:
    pass
"""


def test_a_process_whose_parent_has_ended_is_counted(tmp_path: Path) -> None:
    program = f"import os, time\nif os.fork() == 0:\n if os.fork() == 0:\n  time.sleep(0.2)\n  exec({BUSY!r})"
    assert command_seconds([sys.executable, "-c", program], tmp_path, os.environ) >= WORK


def test_a_child_that_the_command_waits_for_is_counted_once(tmp_path: Path) -> None:
    program = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {BUSY!r}])"
    assert WORK <= command_seconds([sys.executable, "-c", program], tmp_path, os.environ) < 2 * WORK


def test_a_command_that_fails_has_no_time(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        command_seconds([sys.executable, "-c", "raise SystemExit(3)"], tmp_path, os.environ)
