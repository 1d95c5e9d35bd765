"""Confines processes that read hostile pages: they may only compute, read their own code, and answer.

Three layers, none of which needs root. Limits (setrlimit(2)) apply on every Unix. On Linux, Landlock
(`bot.workers.landlock`) blocks every file except the code, and a seccomp filter (`bot.workers.seccomp`)
blocks every call that opens a socket, starts a program, changes a file or affects another process.
`bot.workers.rights` lists what each layer denies; `precis check` reports what is missing.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from bot.workers.landlock import landlock_abi, restrict_files
from bot.workers.rights import Confinement
from bot.workers.seccomp import block_system_calls, seccomp_supported

MAX_OPEN_FILES = 128
"""Maximum number of open files in one worker."""
CPU_TIME_FACTOR = 1.5
"""Processor time for each second of a task's wall time; above 1, so that the pool's timeout fires first."""

_PR_SET_PDEATHSIG = 1


def kernel_support() -> Confinement:
    """What this kernel supports. Asks the kernel and changes nothing."""
    return Confinement(landlock_abi(), seccomp_supported(), root=os.geteuid() == 0)


def confine(memory_mb: int, readable: Iterable[Path] = (), support: Confinement | None = None) -> Confinement:
    """Permanently remove from this process every right that reading pages does not need.

    `readable` are folders that may be read in addition to the code; `support` are the layers to apply
    (default: all that the kernel supports). Returns what was applied, with the error of each layer that the
    kernel refused. Call it while there is only one thread.
    """
    kernel = kernel_support()  # first: its libraries run programs to find the C library
    support = support or kernel
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the daemon handles Ctrl-C on the terminal
    with suppress(OSError):  # if memory runs out, the kernel should kill a worker before the daemon
        Path("/proc/self/oom_score_adj").write_text("1000")
    if sys.platform == "linux":  # a worker that hangs must not outlive the daemon and its fork server
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    _set_limits(memory_mb)
    failures: list[str] = []
    landlock = bool(support.landlock) and _applied(
        "Landlock", lambda: restrict_files(support.landlock, readable), failures
    )
    seccomp = support.seccomp and _applied("seccomp", block_system_calls, failures)
    return Confinement(support.landlock if landlock else 0, seccomp, support.root, tuple(failures))


def _applied(name: str, apply: Callable[[], None], failures: list[str]) -> bool:
    try:
        apply()
    except OSError as error:
        failures.append(f"{name} could not be applied: {error.strerror or error}")
        return False
    return True


def _set_limits(memory_mb: int) -> None:
    for limit, most in (
        (resource.RLIMIT_AS, memory_mb * 1024 * 1024),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, MAX_OPEN_FILES),
        (resource.RLIMIT_NPROC, 0),  # no further process or thread; does not bind root
    ):
        resource.setrlimit(limit, (most, most))


def limit_cpu_time(wall_time: timedelta | None) -> None:
    """Limit further processor time of this process in proportion to a task's wall time; None: no limit.

    The kernel ends a process that exceeds it (SIGXCPU), even if the pool no longer watches the process.
    """
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    soft = resource.RLIM_INFINITY
    if wall_time is not None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        soft = int(used.ru_utime + used.ru_stime + CPU_TIME_FACTOR * wall_time.total_seconds()) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
