"""Settings of the C library's memory allocator (mallopt(3))."""

from __future__ import annotations

import ctypes
import gc
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


def share_memory_with_copies() -> None:
    """Prepare this process to be copied by fork, so that the copies share as much of its memory as possible.

    Objects that exist now are never garbage. The garbage collector would write to each of them, and so make
    each copy of the process copy all of them (gc.freeze).
    """
    gc.collect()
    gc.freeze()
    give_back_free_memory()


def give_back_free_memory() -> None:
    """Return what the C library keeps for later to the system, if it is glibc (malloc_trim(3)).

    This takes about half a millisecond. By itself, glibc returns only what is free at the end of a heap.
    """
    if sys.platform == "linux" and hasattr(ctypes.CDLL(None), "malloc_trim"):
        ctypes.CDLL(None).malloc_trim(0)
