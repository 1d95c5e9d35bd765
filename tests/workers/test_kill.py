"""A killed daemon leaves no lines in the log that are not its own."""

from __future__ import annotations

import subprocess
import sys

STARTED = """
import os, signal, sys
from bot.workers.pool import WorkerLimits, WorkerPool
pool = WorkerPool(WorkerLimits(processes=1))
pool.start()
from multiprocessing import Semaphore
left = Semaphore()
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_multiprocessing_writes_nothing_about_leaked_semaphores_after_a_kill() -> None:
    """Its resource tracker outlives the daemon, and would write plain text into the JSON log."""
    killed = subprocess.run(
        [sys.executable, "-c", STARTED], capture_output=True, text=True, timeout=120, check=False
    )
    assert killed.returncode == -9
    assert killed.stderr == ""
