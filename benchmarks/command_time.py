"""The processor time of a command and of all processes that it leaves behind.

    python benchmarks/command_time.py PROGRAM [ARGUMENT...]

Prints the exit code and the seconds. A process whose parent has ended belongs to process 1, and its time is
in nobody's RUSAGE_CHILDREN: that of a fork server and its workers, for example, which end after the command.
So this program adopts them (PR_SET_CHILD_SUBREAPER of prctl(2)) and waits for all.
"""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36


def command_seconds(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> float:
    """Run a command in `folder` until it and all of its descendants have ended; the sum of their seconds.

    `command` begins with the path of a program. Raises `subprocess.CalledProcessError` if it fails.
    """
    done = subprocess.run(
        [sys.executable, __file__, *command],
        cwd=folder,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    code, seconds = done.stdout.split()
    if int(code):
        raise subprocess.CalledProcessError(int(code), command)
    return float(seconds)


def main() -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if library.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")
    nothing = os.open(os.devnull, os.O_WRONLY)
    no_output = [(os.POSIX_SPAWN_DUP2, nothing, 1), (os.POSIX_SPAWN_DUP2, nothing, 2)]
    command = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=no_output)
    code = None
    try:
        while True:
            ended, status = os.wait()
            code = os.waitstatus_to_exitcode(status) if ended == command else code
    except ChildProcessError:  # all have ended
        times = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(code, times.ru_utime + times.ru_stime)


if __name__ == "__main__":
    main()
