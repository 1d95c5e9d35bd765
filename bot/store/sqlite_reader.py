"""Reads a SQLite file without SQLAlchemy, for commands that must start quickly."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.core.database_location import DatabaseLocation
from bot.store.damage_log import DamageLog
from bot.store.database_errors import raise_store_error, store_error_of
from bot.store.sqlite_connection import (
    BUSY_TIMEOUT_MS,
    configure,
    require_file,
    require_revision,
    revision_of,
)
from bot.store.text_queries import TextQueries

if TYPE_CHECKING:
    from bot.store.database import Database


def open_reader(location: DatabaseLocation) -> Database | SqliteReader:
    """Open a database for reading, as another process left it. Raises `StoreError`."""
    if isinstance(location, Path):
        return SqliteReader(location)
    from bot.store.database import Database  # loads SQLAlchemy

    return Database(location, None)


class SqliteReader:
    """Implements `bot.store.text_queries.Readable` with a file. Not thread-safe."""

    write_error = None

    def __init__(self, path: Path) -> None:
        """Open the file as another process left it; raises `StoreError`."""
        require_file(path)
        self.path = path
        self._damage = DamageLog()
        try:
            self._connection = sqlite3.connect(path.absolute(), timeout=BUSY_TIMEOUT_MS / 1000)
            configure(self._connection)
            current = revision_of(self._connection)
        except (sqlite3.Error, OSError) as error:
            raise store_error_of(path, error) from error
        require_revision(path, current)

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def text_queries(self) -> Iterator[TextQueries]:
        with self._damage.logged(), raise_store_error(self.path):
            self._connection.execute("BEGIN")
            try:
                yield TextQueries(self._execute, is_sqlite=True)
            finally:
                self._connection.rollback()

    def _execute(self, sql: str, parameters: Mapping[str, Any]) -> tuple[list[str], Sequence[Sequence[Any]]]:
        cursor = self._connection.execute(sql, parameters)
        return [column[0] for column in cursor.description], cursor.fetchall()
