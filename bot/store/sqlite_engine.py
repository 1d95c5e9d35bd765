"""Open a SQLite database: crash-safe settings, migrations at the start, a backup before an upgrade."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, select
from sqlalchemy.exc import DatabaseError

from bot.core.errors import StoreError
from bot.store import schema_version
from bot.store.backends import Transaction
from bot.store.backups import refuse_lost_database, write_backup
from bot.store.database_errors import raise_store_error, store_error_of
from bot.store.driver_connections import DriverConnections
from bot.store.sqlite_connection import BUSY_TIMEOUT_MS, configure, require_file, require_revision
from bot.store.stored_values import read_json, write_json
from bot.store.tables import meta
from bot.store.write_guard import WriteGuard
from bot.store.write_queries import ConnectionQueries, MakeQuery, WriteQueries

POOL_SIZE, POOL_OVERFLOW = 5, 10
"""Connections that stay open, and how many more may be opened for a moment."""
ACCESSIBLE_BY_OTHERS = 0o077
"""The bits of a file's mode that let its group or everybody read or write it."""


class SqliteBackend:
    """Implements `bot.store.backends.Backend` with a file."""

    one_writer = True

    def __init__(self, path: Path) -> None:
        self.location = path
        self._connections = DriverConnections(path, BUSY_TIMEOUT_MS / 1000)

    def open(self, now: datetime) -> Engine:
        refuse_lost_database(self.location)
        return open_engine(self.location, now)

    def open_read_only(self) -> Engine:
        return open_read_only(self.location)

    def raise_store_error(self) -> AbstractContextManager[None]:
        return raise_store_error(self.location)

    def fetch_one(self, engine: Engine, sql: str, parameters: Mapping[str, Any] | list[Any] | None) -> Any:
        return self._connections.fetch_one(sql, parameters)

    def fetch_all(
        self, engine: Engine, sql: str, parameters: Mapping[str, Any] | list[Any] | None
    ) -> list[Any]:
        return self._connections.fetch_all(sql, parameters)

    @contextmanager
    def write_queries(
        self, engine: Engine, community: str | None, guard: WriteGuard | None, make_query: MakeQuery
    ) -> Iterator[WriteQueries]:
        """The file is locked as a whole."""
        del community, guard, make_query
        with engine.begin() as connection:
            yield ConnectionQueries(connection)

    def server_time(self, engine: Engine) -> datetime | None:
        """None: the file has no clock of its own."""
        return None

    def close(self, engine: Engine) -> None:
        self._connections.close()
        engine.dispose()


def open_engine(path: Path, now: datetime) -> Engine:
    """Open the database at `path`, and create or upgrade it if necessary; raises `StoreError`."""
    with _raise_store_error(path):
        _restrict_permissions(path)
        engine = _create_sqlite_engine(path)
        with engine.connect() as connection:
            _back_up_before_upgrade(path, connection)
            _migrate(path, connection)
        with engine.begin() as connection:
            _record_creation(connection, now)
    return engine


def open_read_only(path: Path) -> Engine:
    """Open the database at `path` as another process left it; raises `StoreError`."""
    require_file(path)
    with _raise_store_error(path):
        engine = _create_sqlite_engine(path)
        with engine.execution_options(transaction=Transaction.READ).connect() as connection:
            current = schema_version.current(connection)
    require_revision(path, current)
    return engine


def version_of(path: Path) -> str | None:
    """The version of the tables; None if there is no database. Raises `StoreError`."""
    if not path.exists():
        return None
    with _raise_store_error(path):
        engine = _create_sqlite_engine(path)
        with engine.execution_options(transaction=Transaction.READ).connect() as connection:
            found = schema_version.current(connection)
        engine.dispose()
    return found


@contextmanager
def _raise_store_error(path: Path) -> Iterator[None]:
    try:
        yield
    except (DatabaseError, sqlite3.Error, OSError) as error:
        raise store_error_of(
            path, error.__cause__ if isinstance(error.__cause__, Exception) else error
        ) from error


def _restrict_permissions(path: Path) -> None:
    """Let only the owner use the database and SQLite's files beside it: it contains the accounts' tokens."""
    path.touch(mode=0o600)
    if path.stat().st_mode & ACCESSIBLE_BY_OTHERS:
        path.chmod(0o600)


def _create_sqlite_engine(path: Path) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        pool_size=POOL_SIZE,
        max_overflow=POOL_OVERFLOW,
        json_serializer=write_json,
        json_deserializer=read_json,
        connect_args={"timeout": BUSY_TIMEOUT_MS / 1000},
    )

    @event.listens_for(engine, "connect")
    def connected(connection: sqlite3.Connection, record: Any) -> None:
        configure(connection)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A deferred transaction that starts to write can fail at once with SQLITE_BUSY, whatever the
        # timeout. IMMEDIATE waits for the lock. Readers never wait in WAL mode.
        mode = connection.get_execution_options().get("transaction", Transaction.WRITE)
        writes = mode in (Transaction.WRITE, Transaction.SINGLE_WRITE)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _back_up_before_upgrade(path: Path, connection: Connection) -> None:
    """Back up a database that is about to be upgraded, so that the earlier version can be used again."""
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
                "Install that version again, or restore the backup from before the upgrade.",
            )
        if current is None:
            schema_version.create(connection)
        elif current != schema_version.head():
            schema_version.upgrade(connection)


def _record_creation(connection: Connection, now: datetime) -> None:
    if connection.execute(select(meta.c.time).where(meta.c.name == "created")).first() is None:
        connection.execute(meta.insert().values(name="created", time=now))
