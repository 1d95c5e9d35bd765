"""A command and the start of the daemon seldom look for reference cycles; a running daemon does as usual."""

from __future__ import annotations

import subprocess
import sys

from bot.operations.garbage_collection import NEW_OBJECTS_OF_COMMAND
from tests.cli.conftest import ROOT

PROGRAM = """
import atexit, gc, runpy, sys
atexit.register(lambda: print(gc.get_freeze_count() > 10_000, file=sys.stderr))  # last of all
usual = gc.get_threshold()
gc.callbacks.append(lambda phase, info: phase == "start" and found.append(info["generation"]))
found = []
try:
    runpy.run_module("bot", run_name="__main__", alter_sys=True)
except SystemExit:
    pass
print(len(found), max(found, default=0), gc.get_threshold()[0], file=sys.stderr)
from bot.operations.garbage_collection import collect_as_usual
collect_as_usual()
print(gc.get_threshold() == usual, gc.get_freeze_count() > 10_000, file=sys.stderr)
"""


def test_a_command_seldom_looks_for_cycles_until_a_daemon_has_started() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "posts", "--help"], cwd=ROOT, capture_output=True, text=True
    )
    (searches, generation, threshold), as_usual, at_exit = (line.split() for line in done.stderr.splitlines())
    assert int(searches) < 20  # those before the first statement of Precis included
    assert int(generation) < 2
    assert int(threshold) == NEW_OBJECTS_OF_COMMAND
    assert as_usual == ["True", "True"]
    assert at_exit == ["True"]


def test_a_process_that_ends_does_not_look_for_cycles() -> None:
    program = PROGRAM.replace("collect_as_usual()\n", "")
    done = subprocess.run(
        [sys.executable, "-c", program, "posts", "--help"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.stderr.splitlines()[-1] == "True"


def test_a_daemon_that_starts_does_not_look_for_cycles() -> None:
    program = """
import gc
from bot.operations.garbage_collection import do_not_collect_yet
do_not_collect_yet()
before = [each["collections"] for each in gc.get_stats()]
import bot.daemon.create, bot.daemon.lifecycle, bot.platforms.lemmy.adapter
assert [each["collections"] for each in gc.get_stats()] == before
"""
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
