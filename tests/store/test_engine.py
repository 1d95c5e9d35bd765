"""Two processes that open a new database at the same moment."""

from __future__ import annotations

import sqlite3

import pytest

from bot.store import sqlite_connection


class BusyConnection:
    """Refuses a number of statements, as SQLite does at once if two processes change the mode."""

    def __init__(self, refused: int, code: int = sqlite3.SQLITE_BUSY) -> None:
        self.left, self.code = refused, code

    def execute(self, statement: str) -> None:
        assert statement == "PRAGMA journal_mode = WAL"
        self.left -= 1
        if self.left >= 0:
            error = sqlite3.OperationalError("database is locked")
            error.sqlite_errorcode = self.code
            raise error


def test_the_mode_of_a_new_database_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(sqlite_connection.time, "sleep", pauses.append)
    sqlite_connection._use_write_ahead_log(BusyConnection(2))  # type: ignore[arg-type]
    assert len(pauses) == 2


def test_other_errors_of_the_mode_are_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_connection.time, "sleep", lambda seconds: pytest.fail("it waits"))
    with pytest.raises(sqlite3.OperationalError):
        sqlite_connection._use_write_ahead_log(BusyConnection(1, sqlite3.SQLITE_IOERR))  # type: ignore[arg-type]


def test_a_database_that_stays_locked_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter(range(0, 100, 2))
    monkeypatch.setattr(sqlite_connection.time, "monotonic", lambda: next(now))
    monkeypatch.setattr(sqlite_connection.time, "sleep", lambda seconds: None)
    with pytest.raises(sqlite3.OperationalError):
        sqlite_connection._use_write_ahead_log(BusyConnection(50))  # type: ignore[arg-type]
