"""Protects the secrets in the memory and in the environment of this process."""

from __future__ import annotations

import ctypes
import os
import resource
import sys

_PR_SET_DUMPABLE = 4


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
