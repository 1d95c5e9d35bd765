"""The deadline of a fetch, and the signal that stops all fetches."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.core.errors import FetchError, FetchStopped
from bot.core.skip_reasons import SkipReason

Monotonic = Callable[[], float]


class StopSignal:
    """A flag that runs callbacks when it is set, to wake threads that are blocked."""

    def __init__(self) -> None:
        self._lock = threading.RLock()  # a signal handler may call set() while its thread holds the lock
        self._is_set = False
        self._callbacks: dict[object, Callable[[], None]] = {}

    @property
    def is_set(self) -> bool:
        return self._is_set

    def set(self) -> None:
        with self._lock:
            self._is_set = True
            for callback in tuple(self._callbacks.values()):
                callback()

    @contextmanager
    def on_set(self, callback: Callable[[], None]) -> Iterator[None]:
        """Inside the `with`, call `callback` when the flag is set; at once if it is set already.

        The call comes from the thread that sets the flag. It never comes after the `with`.
        """
        key = object()
        with self._lock:
            self._callbacks[key] = callback
            already_set = self._is_set
        try:
            if already_set:
                callback()
            yield
        finally:
            with self._lock:
                del self._callbacks[key]


class Deadline:
    """One time limit for everything that a fetch does."""

    def __init__(self, seconds: float, monotonic: Monotonic, stop_signal: StopSignal) -> None:
        self._monotonic = monotonic
        self._end = monotonic() + seconds
        self.stop_signal = stop_signal

    def remaining(self) -> float:
        """Seconds left, more than zero. Raises FetchStopped after a stop, FetchError after the deadline."""
        if self.stop_signal.is_set:
            raise FetchStopped
        left = self._end - self._monotonic()
        if left <= 0:
            raise self.timeout_error()
        return left

    @property
    def passed(self) -> bool:
        return self._monotonic() >= self._end

    @staticmethod
    def timeout_error() -> FetchError:
        return FetchError(SkipReason.TOO_SLOW, "The page did not arrive in time.", permanent=False)
