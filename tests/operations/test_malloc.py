"""The memory that glibc keeps: heaps for threads, by malloc_info(3), and what it gives back."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

from bot.operations.malloc import MAX_ARENAS

HEAPS = """
import ctypes, re, sys, tempfile, threading
from bot.operations.malloc import limit_malloc_arenas
if sys.argv[1] == "few":
    limit_malloc_arenas()
together = threading.Barrier(8)
def work():
    together.wait()
    kept = [bytearray(50_000) for _ in range(20)]
    together.wait()
threads = [threading.Thread(target=work) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
with tempfile.NamedTemporaryFile() as told:
    file = ctypes.c_void_p(libc.fopen(told.name.encode(), b"w"))
    libc.malloc_info(0, file)
    libc.fclose(file)
    print(len(re.findall(b"<heap nr", told.read())))
"""
RETURNED = """
from pathlib import Path
from bot.operations.malloc import give_back_free_memory
def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096
blocks = [bytearray(60_000) for _ in range(500)]
del blocks[:-1]  # the last one keeps the heap from shrinking
before = resident()
give_back_free_memory()
print(before - resident())
"""


def heaps(way: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", HEAPS, way], capture_output=True, text=True, check=True, timeout=60
    )
    return int(done.stdout)


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_info"), reason="another C library than glibc")
def test_all_threads_share_two_heaps() -> None:
    assert heaps("few") <= MAX_ARENAS < heaps("as it is")


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="another C library than glibc")
def test_free_memory_is_given_back() -> None:
    done = subprocess.run(
        [sys.executable, "-c", RETURNED], capture_output=True, text=True, check=True, timeout=60
    )
    assert int(done.stdout) > 20_000_000
