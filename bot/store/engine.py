"""Opening the database: settings that survive a crash, one daemon at a time, migrations."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, create_engine, event, select
from sqlalchemy.exc import DatabaseError

from bot.core.errors import StoreError
from bot.store import schema_version
from bot.store.backups import write_backup
from bot.store.database_errors import store_error_of
from bot.store.tables import meta

BUSY_TIMEOUT_MS = 5000
POOL_SIZE, POOL_OVERFLOW = 5, 10
"""Most that stay open when nobody needs them, and most that are opened for a moment."""
READABLE_BY_OTHERS = 0o044
"""Of a file's mode: its group or everybody can read it."""


@contextmanager
def daemon_lock(path: Path) -> Iterator[None]:
    """Hold the lock file beside the database; raises `StoreError` when another daemon holds it.

    The lock is the operating system's, so it goes with the process, however that ends.
    """
    lock = FileLock(f"{path}.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise StoreError(
            f"Another precis daemon is already running on {path}.",
            "Stop it first, or give this one a database of its own ([bot] database).",
        ) from error
    except OSError as error:
        raise StoreError(
            f"Cannot lock {path}.lock: {error.strerror or error}.",
            "Make the folder of the database writable for the user that runs Precis.",
        ) from error
    try:
        yield
    finally:
        lock.release()


def open_engine(path: Path, now: datetime) -> Engine:
    """The database at `path`, made or brought up to date; raises `StoreError` in one sentence."""
    with _in_words(path):
        _keep_to_ourselves(path)
        engine = _sqlite(path)
        with engine.connect() as connection:
            _keep_the_old_version(path, connection)
            _migrate(path, connection)
        with engine.begin() as connection:
            _stamp_creation(connection, now)
    return engine


def open_read_only(path: Path) -> Engine:
    """The database at `path` as another process keeps it; raises `StoreError` in one sentence."""
    if not path.exists():
        raise StoreError(f"There is no database {path} yet.", "Start the daemon once with: precis run")
    with _in_words(path):
        engine = _sqlite(path)
        with engine.connect() as connection:
            current = schema_version.current(connection.execution_options(reading=True))
    if current != schema_version.head():
        raise StoreError(
            f"{path} was written by another version of Precis.", "Start this version once with: precis run"
        )
    return engine


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    try:
        yield
    except (DatabaseError, sqlite3.Error, OSError) as error:
        raise store_error_of(
            path, error.__cause__ if isinstance(error.__cause__, Exception) else error
        ) from error


def _keep_to_ourselves(path: Path) -> None:
    """The database holds the accounts' tokens: only its owner may read it and SQLite's files beside it."""
    path.touch(mode=0o600)
    if path.stat().st_mode & READABLE_BY_OTHERS:
        path.chmod(0o600)


def _sqlite(path: Path) -> Engine:
    waiting = {"timeout": BUSY_TIMEOUT_MS / 1000}
    engine = create_engine(
        f"sqlite:///{path}",
        pool_size=POOL_SIZE,
        max_overflow=POOL_OVERFLOW,
        connect_args=waiting,
    )

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, record: Any) -> None:
        connection.isolation_level = None  # the driver's own BEGIN is deferred; ours is below
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A deferred transaction that turns into a writer can fail at once with SQLITE_BUSY, whatever
        # the time-out; IMMEDIATE waits its turn. Readers never wait in WAL mode.
        reading = connection.get_execution_options().get("reading")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _keep_the_old_version(path: Path, connection: Connection) -> None:
    """Before a database is brought up to date, a copy of it: the way back to the version before."""
    with connection.begin():
        current = schema_version.current(connection)
    if current in schema_version.known() and current != schema_version.head():
        write_backup(path, path.with_name(f"{path.name}.version-{current}.backup"))


def _migrate(path: Path, connection: Connection) -> None:
    with connection.begin():
        current = schema_version.current(connection)
        if current is not None and current not in schema_version.known():
            raise StoreError(
                f"{path} was written by a newer version of Precis.",
                "Install that version again, or restore the copy from before the upgrade.",
            )
        if current is None:
            schema_version.create(connection)
        elif current != schema_version.head():
            schema_version.upgrade(connection)


def _stamp_creation(connection: Connection, now: datetime) -> None:
    if connection.execute(select(meta.c.time).where(meta.c.name == "created")).first() is None:
        connection.execute(meta.insert().values(name="created", time=now))
