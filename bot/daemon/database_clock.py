"""The clock of the database server. Nodes whose own clocks differ agree on it about what is due."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.store import Database


def uptime() -> float:
    """Seconds that nobody can set. On Linux they also pass while the machine is suspended."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class DatabaseClock:
    """Callable as the daemon's clock. It asks the server in `measure`, and counts seconds in between.

    So it needs no connection to tell the time, and a wrong clock of this machine does not matter. A minute
    after a measurement it differs from the server's clock by a few milliseconds.
    """

    def __init__(self, server_time: Callable[[], datetime], uptime: Callable[[], float] = uptime) -> None:
        """Raises `StoreError` if the server cannot be asked."""
        self._server_time = server_time
        self._uptime = uptime
        self.measure()

    def measure(self) -> None:
        """Ask the server. Raises `StoreError`, and then counts on from the last answer."""
        before = self._uptime()
        time_there = self._server_time()
        # The server looked at its clock at some moment in between.
        self._measured = time_there, (before + self._uptime()) / 2

    def __call__(self) -> datetime:
        time_there, measured_at = self._measured
        return time_there + timedelta(seconds=self._uptime() - measured_at)


def clock_of(database: Database) -> DatabaseClock | None:
    """The clock of a database server; None for a file. Raises `StoreError`."""
    if database.server_time() is None:
        return None

    def server_time() -> datetime:
        now = database.server_time()
        assert now is not None
        return now

    return DatabaseClock(server_time)
