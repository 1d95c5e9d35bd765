"""The daemon's clock with a database server."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.core.errors import StoreError
from bot.daemon.database_clock import DatabaseClock, clock_of
from bot.store import Database
from tests.conftest import START


class Server:
    """A server that answers after a second, by a clock of its own."""

    def __init__(self) -> None:
        self.uptime, self.ahead, self.down = 100.0, timedelta(hours=3), False

    def time(self) -> datetime:
        if self.down:
            raise StoreError("down", temporary=True)
        self.uptime += 0.5
        now = self.now()
        self.uptime += 0.5
        return now

    def now(self) -> datetime:
        return START + self.ahead + timedelta(seconds=self.uptime)


def test_it_counts_on_from_the_time_of_the_server() -> None:
    server = Server()
    clock = DatabaseClock(server.time, lambda: server.uptime)
    assert clock() == server.now()
    server.uptime += 59
    assert clock() == server.now()


def test_a_server_whose_clock_is_set_is_followed_at_the_next_measurement() -> None:
    server = Server()
    clock = DatabaseClock(server.time, lambda: server.uptime)
    server.ahead -= timedelta(seconds=20)
    clock.measure()
    assert clock() == server.now()


def test_it_goes_on_while_the_server_is_down() -> None:
    server = Server()
    clock = DatabaseClock(server.time, lambda: server.uptime)
    server.down = True
    server.uptime += 60
    with pytest.raises(StoreError):
        clock.measure()
    assert clock() == server.now()


def test_a_file_has_no_clock(database: Database) -> None:
    assert clock_of(database) is None


@pytest.mark.engines("postgresql")
def test_the_clock_of_a_real_server(database: Database) -> None:
    clock, server_time = clock_of(database), database.server_time()
    assert clock is not None
    assert server_time is not None
    assert abs(clock() - server_time) < timedelta(seconds=60)
