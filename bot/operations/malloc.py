"""How the C library keeps the daemon's memory (mallopt(3))."""

from __future__ import annotations

import ctypes
import sys

_M_ARENA_MAX = -8
MAX_ARENAS = 2


def limit_malloc_arenas() -> None:
    """Let all threads share two heaps, where the C library is glibc; before any thread starts.

    It gives each thread a heap of its own, up to eight for a processor, and hardly ever gives one back:
    pages of megabytes that one short thread after another reads would leave their holes in all of them.
    """
    if sys.platform == "linux" and hasattr(ctypes.CDLL(None), "mallopt"):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, MAX_ARENAS)
