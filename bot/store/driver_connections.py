"""Connections of SQLite's driver for single queries, which SQLAlchemy's pool would make twice as slow."""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CACHE_KB = 256
"""Of each connection. These queries read a few pages, which the system has in memory."""
Parameters = Mapping[str, Any] | list[Any] | None


class DriverConnections:
    """Thread-safe. Each query has a connection of its own, and is a transaction by itself."""

    def __init__(self, path: Path, timeout: float) -> None:
        """`timeout` is how many seconds a query waits for a lock."""
        self._path = path
        self._timeout = timeout
        self._free: deque[sqlite3.Connection] = deque()
        """The one that was used last is used next: its statements are prepared."""
        self._closed = False

    def fetch_one(self, sql: str, parameters: Parameters) -> Any:
        """The first row; None without one. Raises `sqlite3.Error`."""
        with self._cursor() as cursor:
            return cursor.execute(sql, parameters or ()).fetchone()

    def fetch_all(self, sql: str, parameters: Parameters) -> list[Any]:
        with self._cursor() as cursor:
            return cursor.execute(sql, parameters or ()).fetchall()

    def close(self) -> None:
        """Those in use are closed after their query."""
        self._closed = True
        while self._free:
            self._free.pop().close()

    @contextmanager
    def _cursor(self) -> Iterator[sqlite3.Cursor]:
        try:
            connection = self._free.pop()
        except IndexError:
            connection = self._connect()
        try:
            cursor = connection.cursor()
            yield cursor
            cursor.close()  # ends the transaction
        except BaseException:  # nothing is known about the connection after an error
            connection.close()
            raise
        self._free.append(connection)
        if self._closed:
            self.close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=self._timeout, isolation_level=None, check_same_thread=False
        )
        connection.execute(f"PRAGMA cache_size = -{CACHE_KB}")
        return connection
