"""Landlock: a worker reads only code and writes no file (kernel documentation, userspace-api/landlock)."""

from __future__ import annotations

import site
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

_PACKAGE_FOLDERS = frozenset({"site-packages", "dist-packages"})


def landlock_abi() -> int:
    """The ABI version of Landlock in this kernel; 0 if there is none."""
    if sys.platform != "linux":
        return 0
    import landlockpy

    try:
        return landlockpy.abi_version()
    except OSError:  # a container's filter may forbid even this query
        return 0


def restrict_files(abi: int, readable: Iterable[Path]) -> None:
    """Permanently deny this process every right that version `abi` handles, except reading code.

    `readable` are folders that may be read in addition to the code. Raises `OSError` if the kernel refuses.
    """
    from landlockpy import AccessFS, RestrictFlag, Ruleset, fs_for_abi, net_for_abi, scope_for_abi

    handled, ports, scopes = fs_for_abi(abi), net_for_abi(abi), scope_for_abi(abi)
    read = AccessFS.READ_FILE | AccessFS.READ_DIR
    # Everything that is not granted below is denied.
    with Ruleset(handled_fs=handled, handled_net=ports, scoped=scopes) as rules:
        for path in dict.fromkeys([*_code_paths(), *readable]):
            with suppress(FileNotFoundError):
                rules.allow_path(path, read if path.is_dir() else AccessFS.READ_FILE)
        # A hostile page must not be able to fill the kernel's audit log (ABI 7).
        rules.restrict(RestrictFlag.LOG_SAME_EXEC_OFF)


def _code_paths() -> Iterator[Path]:
    """The paths of code and its data: this package, Python, its libraries, the system's libraries."""
    yield Path(__file__).parents[1]
    for kind in ("stdlib", "platstdlib", "purelib", "platlib"):
        yield Path(sysconfig.get_path(kind))
    yield from map(Path, site.getsitepackages())
    # also those of the system, if the environment uses them; other entries can hold settings and passwords
    yield from (path for path in map(Path, sys.path) if path.name in _PACKAGE_FOLDERS)
    yield from map(Path, ("/usr/lib", "/usr/lib64", "/lib", "/lib64"))
    yield from map(Path, ("/usr/share/zoneinfo", "/etc/localtime", "/etc/ld.so.cache"))
    yield from map(Path, ("/dev/null", "/dev/urandom"))
