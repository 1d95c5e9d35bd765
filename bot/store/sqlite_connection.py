"""Connections to a SQLite file: their settings, and the version of the tables. SQLAlchemy is not loaded."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from bot.core.errors import StoreError
from bot.store.schema_revisions import head

BUSY_TIMEOUT_MS = 5000
_PAUSE = 0.05
"""Seconds between two attempts to change the mode of a new database."""


def configure(connection: sqlite3.Connection) -> None:
    """Make a new connection crash-safe. Its transactions must be begun explicitly."""
    connection.isolation_level = None  # the driver would start deferred transactions
    _use_write_ahead_log(connection)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Another process may read a new database, and SQLite does not wait for it when it changes the mode."""
    deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE)


def revision_of(connection: sqlite3.Connection) -> str | None:
    """The revision of the tables; None if it is not recorded. Alembic stores it in a table with one row."""
    if not connection.execute("PRAGMA table_info(alembic_version)").fetchall():
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else str(row[0])


def require_file(path: Path) -> None:
    """Raise `StoreError` if there is no database: only a daemon creates one."""
    if not path.exists():
        raise StoreError(f"There is no database {path} yet.", "Start the daemon once with: precis run")


def require_revision(path: Path, current: str | None) -> None:
    """Raise `StoreError` unless the tables have the revision that this version of Precis needs."""
    if current != head():
        raise StoreError(
            f"{path} was written by another version of Precis.", "Start this version once with: precis run"
        )
