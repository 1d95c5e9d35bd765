"""New databases of the tests are copies of one, because creating all tables takes as long as a small test."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import IO

from sqlalchemy import Engine

from bot.store import sqlite_engine

_open_engine = sqlite_engine.open_engine


def copy_new_databases() -> None:
    """Let `Database` copy the template from now on where there is no database yet."""
    sqlite_engine.open_engine = _open_copy


@contextmanager
def create_new_databases() -> Iterator[None]:
    """Let `Database` create the tables inside the `with` block, as it does for users."""
    sqlite_engine.open_engine = _open_engine
    yield
    copy_new_databases()


def _open_copy(path: Path, now: datetime) -> Engine:
    if path.parent.is_dir() and not path.exists():
        template = _template()
        with suppress(OSError), _create(path) as copy:  # Precis says what is wrong with the folder
            copy.write(template)
    return _open_engine(path, now)


def _create(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")


@cache
def _template() -> bytes:
    """The file of a new database, without the time at which it was created."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "template.db")
        _open_engine(path, datetime(2000, 1, 1, tzinfo=UTC)).dispose()
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("DELETE FROM meta WHERE name = 'created'")
            connection.commit()
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return path.read_bytes()
