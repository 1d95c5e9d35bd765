"""A disk whose n-th write fails in the kernel: a seccomp supervisor answers the calls that write to files.

It sees only calls of the thread that enters the disk. Use a separate process, because a filter cannot be
removed.
"""

from __future__ import annotations

import errno
import queue
import threading
from contextlib import suppress

from seccompy import Filter, FilterFlag, SeccompError, syscall_name
from seccompy.notify import Listener, RespFlag

WRITES = ("pwrite64", "pwritev", "fallocate", "ftruncate")
SYNCS = ("fsync", "fdatasync")


class FailingDisk:
    """Lets all writes from the n-th on fail until `disarm`, or only the n-th."""

    def __init__(self) -> None:
        self.calls = 0
        """The number of writes since `arm`."""
        self.failed = 0
        self._first: int | None = None
        self._last = 0
        self._listeners: queue.SimpleQueue[Listener] = queue.SimpleQueue()
        threading.Thread(target=self._supervise, daemon=True).start()

    def enter(self) -> None:
        """Send the writes of this thread through the supervisor from now on."""
        rules = Filter(flags=FilterFlag.NEW_LISTENER)
        for name in (*WRITES, *SYNCS):
            with suppress(ValueError):  # not every machine has all of them
                rules.notify(name)
        listener = rules.load()
        assert listener is not None
        self._listeners.put(listener)

    def arm(self, first: int, *, one_write: bool = False) -> None:
        self.calls = self.failed = 0
        self._last = first if one_write else 1 << 60
        self._first = first

    def disarm(self) -> None:
        self._first = None

    def _supervise(self) -> None:
        listener = self._listeners.get()
        while True:
            with suppress(SeccompError):  # the call was interrupted
                call = listener.recv()
                self.calls += 1
                if self._first is not None and self._first <= self.calls <= self._last:
                    self.failed += 1
                    full = syscall_name(call.nr) in WRITES
                    listener.respond(call.id, error=errno.ENOSPC if full else errno.EIO)
                else:
                    listener.respond(call.id, flags=RespFlag.CONTINUE)
