"""Whether writes to a database fail at the moment."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from bot.core.errors import StoreError


class WriteState:
    """The last error of a write. All views of a database and all of its connections share it. Thread-safe."""

    def __init__(self, back_after: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Writes succeed again if none fails for `back_after` seconds."""
        self.error: StoreError | None = None
        self._back_after = back_after
        self._monotonic = monotonic
        self._failed_at = 0.0
        self._lock = threading.Lock()

    def fail(self, error: StoreError) -> bool:
        """Record a failed write; return whether writes begin to fail."""
        with self._lock:
            begins = self.error is None
            self.error, self._failed_at = error, self._monotonic()
        return begins

    def succeed(self) -> bool:
        """Record a write; return whether writes succeed again."""
        if self.error is None:  # nearly always
            return False
        with self._lock:
            ends = self.error is not None and self._monotonic() - self._failed_at >= self._back_after
            if ends:
                self.error = None
        return ends
