"""Confines processes that read hostile pages: they may only compute, read their own code, and answer.

Three layers, none of which needs root. Limits (setrlimit(2)) apply on every Unix. On Linux, Landlock
(kernel documentation, userspace-api/landlock) blocks every file except the code, and a seccomp filter
(userspace-api/seccomp_filter) blocks every call that opens a socket, starts a program or affects another
process. If a kernel lacks one of them, the others still apply, and `precis check` reports it.
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
"""Maximum number of open files in one worker."""
CPU_TIME_FACTOR = 1.5
"""Processor time for each second of a task's wall time; above 1, so that the pool's timeout fires first."""

_PR_SET_DUMPABLE = 4


@dataclass(frozen=True, slots=True)
class KernelSupport:
    """What the kernel supports in addition to limits."""

    landlock: bool
    """No writing, and reading only of code."""
    seccomp: bool
    """No network, no programs, no other processes."""

    @property
    def description(self) -> str:
        return _DESCRIPTIONS[self.landlock, self.seccomp]


_DESCRIPTIONS = {
    # (landlock, seccomp)
    (True, True): "processes that read pages have no network, write nothing and read only their own code",
    (False, True): (
        "this system has no Landlock: processes that read pages have no network, but can read and write "
        "the files of their user"
    ),
    (True, False): (
        "this system has no seccomp: processes that read pages write nothing and read only their own "
        "code, but they can use the network"
    ),
    (False, False): (
        "this system has no Landlock and no seccomp: only the limits on time, memory and files apply to "
        "processes that read pages"
    ),
}


def kernel_support() -> KernelSupport:
    """What this kernel supports. Asks the kernel and changes nothing."""
    if sys.platform != "linux":
        return KernelSupport(landlock=False, seccomp=False)
    import landlockpy
    import seccompy

    return KernelSupport(_is_supported(landlockpy.supported), _is_supported(seccompy.supported))


def _is_supported(question: object) -> bool:
    try:
        return bool(question()) if callable(question) else False
    except OSError:  # a container's filter may forbid even this query
        return False


def disable_core_dumps() -> None:
    """Protect the secrets in this process's memory: no core dump, no debugger.

    The limit alone is not enough: the kernel ignores it if core dumps are piped to a program (core(5)). A
    process that is not dumpable (prctl(2)) never has a core dump, and its /proc files belong to root. A
    program that it starts is dumpable again.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def take_secrets_from_environment() -> dict[str, str]:
    """Remove the secrets from the environment, so that child processes do not inherit them.

    Returns the environment as it was, to read the settings from.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    environ = dict(os.environ)
    for name in environ:
        if name.startswith("PRECIS_"):
            del os.environ[name]
    return environ


def confine(memory_mb: int, readable: Iterable[Path] = ()) -> None:
    """Permanently remove from this process every right that reading pages does not need.

    `readable` are folders that may be read in addition to the code. Call it while there is only one thread.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the daemon handles Ctrl-C on the terminal
    with suppress(OSError):  # if memory runs out, the kernel should kill a worker before the daemon
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
    """Limit further processor time of this process in proportion to a task's wall time; None: no limit.

    The kernel ends a process that exceeds it (SIGXCPU), even if the pool no longer watches the process.
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
    # Everything that is not granted below is denied, including all writing and TCP.
    with suppress(LandlockError), Ruleset(scoped=Scope.ABSTRACT_UNIX_SOCKET | Scope.SIGNAL) as rules:
        for path in dict.fromkeys([*_code_paths(), *readable]):
            with suppress(FileNotFoundError):
                rules.allow_path(path, read if path.is_dir() else AccessFS.READ_FILE)
        rules.allow_path("/dev/null", AccessFS.READ_FILE | AccessFS.WRITE_FILE)
        rules.restrict()


def _code_paths() -> Iterator[Path]:
    """The paths of code and its data: this package, Python, its libraries, the system's libraries."""
    yield Path(__file__).parents[1]
    for kind in ("stdlib", "platstdlib", "purelib", "platlib"):
        yield Path(sysconfig.get_path(kind))
    yield from map(Path, site.getsitepackages())
    yield from map(Path, ("/usr/lib", "/usr/lib64", "/lib", "/lib64"))
    yield from map(Path, ("/usr/share/zoneinfo", "/etc/localtime", "/etc/ld.so.cache", "/dev/urandom"))
