"""Settings of the C library's memory allocator (mallopt(3))."""

from __future__ import annotations

import ctypes
import sys

_M_ARENA_MAX = -8
MAX_ARENAS = 2


def limit_malloc_arenas() -> None:
    """Make all threads share two heaps, if the C library is glibc. Call it before any thread starts.

    By default glibc gives each thread its own heap, up to eight for each processor, and rarely frees one.
    Short threads that read pages of megabytes would leave fragmented memory in all of them.
    """
    if sys.platform == "linux" and hasattr(ctypes.CDLL(None), "mallopt"):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, MAX_ARENAS)
