"""Measures how long a function keeps all other threads from running."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Callable


def longest_hold(function: Callable[[], object]) -> float:
    """The longest stretch, in seconds of processor time, in which no other thread could run.

    One thread runs the function. This one reads that thread's processor time as often as it can. A thread
    that was asked for the interpreter waits until it was taken, so a busy machine makes no stretch longer.
    """
    ended = threading.Event()

    def run() -> None:
        with contextlib.suppress(Exception):  # a parser may refuse its input
            function()
        ended.set()
        finished.wait()

    finished = threading.Event()
    thread = threading.Thread(target=run)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(0.001)
    try:
        thread.start()
        assert thread.ident is not None
        clock = time.pthread_getcpuclockid(thread.ident)
        longest, before = 0.0, 0.0
        while not ended.is_set():
            now = time.clock_gettime(clock)
            longest, before = max(longest, now - before), now
        return max(longest, time.clock_gettime(clock) - before)
    finally:
        finished.set()
        thread.join()
        sys.setswitchinterval(interval)
