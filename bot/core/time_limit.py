"""The time limit of one run of a job."""

from __future__ import annotations

import threading
import time

from msgspec import Struct


class TimeLimit(Struct, frozen=True):
    """How long one run of a job may take on new work."""

    stopping: threading.Event
    seconds: float
    started: float

    @classmethod
    def start(cls, stopping: threading.Event, seconds: float) -> TimeLimit:
        return cls(stopping, seconds, time.monotonic())

    def expired(self) -> bool:
        return self.stopping.is_set() or time.monotonic() - self.started >= self.seconds

    def overdue(self) -> bool:
        """Whether twice the limit has passed, so that all work started within it should have ended."""
        return time.monotonic() - self.started >= 2 * self.seconds
