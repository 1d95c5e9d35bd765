"""A time during which the database of a sandbox server is down."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.sandbox.clock import Clock


class Outage:
    """The last outage of one server; times are those of the server's `clock`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ends_at: datetime | None = None

    def begin(self, length: timedelta) -> None:
        """Let the database be down from now on for `length`."""
        self._ends_at = self._clock() + length

    @property
    def is_active(self) -> bool:
        return self._ends_at is not None and self._clock() < self._ends_at
