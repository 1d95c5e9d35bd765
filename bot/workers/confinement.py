"""What a process that reads hostile pages may still do: compute, read its own code, and answer.

Three layers, none of which needs root. Limits (setrlimit(2)) hold on every Unix. On Linux, Landlock
(kernel documentation, userspace-api/landlock) takes away every file but the code itself, and a seccomp
filter (userspace-api/seccomp_filter) every call that opens a socket, starts a program or speaks to
another process. Where a kernel offers one of them not, the others hold, and `precis check` says so.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import site
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bot.workers.seccomp import block_system_calls

MAX_OPEN_FILES = 128
"""Files open at once in one worker."""
CPU_TIME_FACTOR = 1.5
"""Processor time for each second of a task's wall time: the pool's own watch comes first."""

_PR_SET_DUMPABLE = 4


@dataclass(frozen=True, slots=True)
class KernelSupport:
    """What the kernel offers besides limits."""

    landlock: bool
    """Landlock: no writing, and no reading but of code."""
    seccomp: bool
    """seccomp: no network, no programs, no other processes."""

    @property
    def description(self) -> str:
        return _DESCRIPTIONS[self.landlock, self.seccomp]


_DESCRIPTIONS = {
    # (files, calls)
    (True, True): "processes that read pages have no network, write nothing and read only their own code",
    (False, True): (
        "this system has no Landlock: processes that read pages have no network, but read and write the "
        "files that their user may"
    ),
    (True, False): (
        "this system has no seccomp: processes that read pages write nothing and read only their own "
        "code, but nothing keeps them from the network"
    ),
    (False, False): (
        "this system has no Landlock and no seccomp: pages are read under limits of time, memory "
        "and files only"
    ),
}


def kernel_support() -> KernelSupport:
    """Ask the kernel; nothing is changed."""
    if sys.platform != "linux":
        return KernelSupport(landlock=False, seccomp=False)
    import landlockpy
    import seccompy

    return KernelSupport(_is_supported(landlockpy.supported), _is_supported(seccompy.supported))


def _is_supported(question: object) -> bool:
    try:
        return bool(question()) if callable(question) else False
    except OSError:  # a container's own filter may forbid even the question
        return False


def disable_core_dumps() -> None:
    """Keep this process's memory to itself, for it will hold secrets: no core dump, no debugger.

    The limit alone is not enough: the kernel does not hold a program that core dumps are piped to
    (core(5)) to it. A process that is not dumpable (prctl(2)) has none at all, and its /proc files are
    root's. A program it starts is dumpable again.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def take_secrets_from_environment() -> dict[str, str]:
    """Before a process with secrets starts any other: the child shall inherit none.

    The environment as it was, for whoever has to read the settings.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    environ = dict(os.environ)
    for name in environ:
        if name.startswith("PRECIS_"):
            del os.environ[name]
    return environ


def confine(memory_mb: int, readable: Iterable[Path] = ()) -> None:
    """Give up for good, in this process, all that reading pages does not need.

    `readable` are folders that may be read besides the code. Call it from the only thread.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's Ctrl-C is for the daemon to decide on
    with suppress(OSError):  # short of memory, the kernel shall end a worker before the daemon
        Path("/proc/self/oom_score_adj").write_text("1000")
    _set_limits(memory_mb)
    support = kernel_support()
    if support.landlock:
        _restrict_files(readable)
    if support.seccomp:
        block_system_calls()


def _set_limits(memory_mb: int) -> None:
    for limit, most in (
        (resource.RLIMIT_AS, memory_mb * 1024 * 1024),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, MAX_OPEN_FILES),
    ):
        resource.setrlimit(limit, (most, most))


def limit_cpu_time(wall_time: timedelta | None) -> None:
    """Let this process use as much more processor time as suits a task's wall time; None: any.

    A process beyond it is ended by the kernel (SIGXCPU), even when nobody watches it any more.
    """
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    soft = resource.RLIM_INFINITY
    if wall_time is not None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        soft = int(used.ru_utime + used.ru_stime + CPU_TIME_FACTOR * wall_time.total_seconds()) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _restrict_files(readable: Iterable[Path]) -> None:
    from landlockpy import AccessFS, LandlockError, Ruleset, Scope

    read = AccessFS.READ_FILE | AccessFS.READ_DIR
    # Everything that is not granted below is denied, writing of any kind and TCP included.
    with suppress(LandlockError), Ruleset(scoped=Scope.ABSTRACT_UNIX_SOCKET | Scope.SIGNAL) as rules:
        for path in dict.fromkeys([*_code_paths(), *readable]):
            with suppress(FileNotFoundError):
                rules.allow_path(path, read if path.is_dir() else AccessFS.READ_FILE)
        rules.allow_path("/dev/null", AccessFS.READ_FILE | AccessFS.WRITE_FILE)
        rules.restrict()


def _code_paths() -> Iterator[Path]:
    """Where code and its data lie: this package, Python, the libraries, the system's own."""
    yield Path(__file__).parents[1]
    for kind in ("stdlib", "platstdlib", "purelib", "platlib"):
        yield Path(sysconfig.get_path(kind))
    yield from map(Path, site.getsitepackages())
    yield from map(Path, ("/usr/lib", "/usr/lib64", "/lib", "/lib64"))
    yield from map(Path, ("/usr/share/zoneinfo", "/etc/localtime", "/etc/ld.so.cache", "/dev/urandom"))
