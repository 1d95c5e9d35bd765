"""How long one pass of a job may take."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """How long a pass may go on."""

    stopping: threading.Event
    seconds: float
    started: float

    @classmethod
    def start(cls, stopping: threading.Event, seconds: float) -> TimeLimit:
        return cls(stopping, seconds, time.monotonic())

    def expired(self) -> bool:
        return self.stopping.is_set() or time.monotonic() - self.started >= self.seconds

    def overdue(self) -> bool:
        """Whether what was begun within the pass should long have ended by itself."""
        return time.monotonic() - self.started >= 2 * self.seconds
