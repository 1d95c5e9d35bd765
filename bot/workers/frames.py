"""Messages over a pipe: a length of four bytes, then the bytes. Nothing here interprets them."""

from __future__ import annotations

import os
import select
import struct
from collections.abc import Callable

_LENGTH = struct.Struct("!I")
_READ_SIZE = 1 << 20

Wait = Callable[[int, int], None]
"""Waits until a file descriptor is ready for an event of poll(2). Raises `TimeoutError`."""


class FrameTooLargeError(Exception):
    """The other side announced a message that is longer than allowed."""


def no_wait(descriptor: int, event: int) -> None:
    """For a blocking pipe."""


def send_frame(descriptor: int, message: bytes, wait: Wait = no_wait) -> None:
    """Raises `BrokenPipeError` if nobody reads the pipe."""
    for part in (_LENGTH.pack(len(message)), message):
        left = memoryview(part)
        while left:
            wait(descriptor, select.POLLOUT)
            left = left[os.write(descriptor, left) :]


def receive_frame(descriptor: int, max_bytes: int, wait: Wait = no_wait) -> bytearray:
    """Raises `EOFError` if the pipe was closed, `FrameTooLargeError` before it reads a message too long."""
    (length,) = _LENGTH.unpack(_read(descriptor, _LENGTH.size, wait))
    if length > max_bytes:
        raise FrameTooLargeError(f"{length} bytes")
    return _read(descriptor, length, wait)


def _read(descriptor: int, length: int, wait: Wait) -> bytearray:
    """Exactly this many bytes. Memory grows only with what arrives, not with what was announced."""
    received = bytearray()
    while len(received) < length:
        wait(descriptor, select.POLLIN)
        part = os.read(descriptor, min(length - len(received), _READ_SIZE))
        if not part:
            raise EOFError
        received += part
    return received
