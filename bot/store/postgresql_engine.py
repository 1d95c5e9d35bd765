"""Open a PostgreSQL database: the settings of its connections, and the check of its tables' version."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from importlib.util import find_spec
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text

from bot.core.database_location import PostgresUrl
from bot.core.errors import StoreError
from bot.store import schema_version
from bot.store.advisory_locks import community_lock
from bot.store.backends import Transaction
from bot.store.stored_values import read_json, write_json
from bot.store.write_guard import WriteGuard
from bot.store.write_queries import DriverWriteQueries, MakeQuery, WriteQueries

POOL_SIZE, POOL_OVERFLOW = 10, 5
"""Connections that stay open, and how many more may be opened for a moment.

The server starts a process for each connection. With fewer that stay open, a node that processes posts would
open one every few statements.
"""
CONNECTION_SETTINGS = {
    "application_name": "precis",
    "connect_timeout": "10",
    # A server that is gone without a word is noticed within half a minute.
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "25000",
    # How long a lock, and a process that stopped in the middle of a transaction, may hold up others. Such a
    # process may hold the row of an account's leader, so this is shorter than a lease (ClusterTiming).
    "options": "-c lock_timeout=8s -c idle_in_transaction_session_timeout=10s -c timezone=UTC",
}
_BEGIN = {
    Transaction.WRITE: "BEGIN",
    # Else each statement would see what was committed since the statement before it.
    Transaction.READ: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
}
_IS_READ_ONLY = text("SHOW transaction_read_only")
_CLOCK = text("SELECT clock_timestamp() AT TIME ZONE 'UTC'")


class PostgresqlBackend:
    """Implements `bot.store.backends.Backend` with a server."""

    one_writer = False

    def __init__(self, location: PostgresUrl) -> None:
        require_driver(location)
        from bot.store.postgresql_errors import require_valid

        require_valid(location)
        self.location = location

    def open(self, now: datetime) -> Engine:
        """The tables must be there: `precis migrate` creates them, so that two nodes do not do it at once.

        Raises `StoreError` for a standby, because the tokens of accounts and all results must be written.
        """
        del now
        engine = self.open_read_only()
        try:
            self._refuse_standby(engine)
        except BaseException:
            engine.dispose()
            raise
        return engine

    def _refuse_standby(self, engine: Engine) -> None:
        from bot.store.postgresql_errors import read_only_error

        with self.raise_store_error(), engine.begin() as connection:
            if connection.execute(_IS_READ_ONLY).scalar_one() == "on":
                raise read_only_error(self.location)

    def open_read_only(self) -> Engine:
        engine = make_engine(self.location)
        try:
            with self.raise_store_error(), engine.connect() as connection:
                current = schema_version.current(connection)
            require_version(self.location, current)
        except BaseException:
            engine.dispose()
            raise
        return engine

    def raise_store_error(self) -> AbstractContextManager[None]:
        from bot.store.postgresql_errors import raise_store_error

        return raise_store_error(self.location)

    def fetch_one(self, engine: Engine, sql: str, parameters: Mapping[str, Any] | list[Any] | None) -> Any:
        with _driver_connection(engine) as connection:
            cursor = connection.execute(sql, parameters)
            return None if cursor.description is None else cursor.fetchone()

    def fetch_all(
        self, engine: Engine, sql: str, parameters: Mapping[str, Any] | list[Any] | None
    ) -> list[Any]:
        with _driver_connection(engine) as connection:
            found: list[Any] = connection.execute(sql, parameters).fetchall()
        return found

    @contextmanager
    def write_queries(
        self, engine: Engine, community: str | None, guard: WriteGuard | None, make_query: MakeQuery
    ) -> Iterator[WriteQueries]:
        with _driver_connection(engine) as connection:  # ends the transaction after an error
            _begin(connection, Transaction.WRITE, guard, community)
            yield DriverWriteQueries(connection.execute, make_query)
            connection.commit()

    def server_time(self, engine: Engine) -> datetime | None:
        with engine.execution_options(transaction=Transaction.SINGLE_READ).connect() as connection:
            now: datetime = connection.execute(_CLOCK).scalar_one()
        return now.replace(tzinfo=UTC)

    def close(self, engine: Engine) -> None:
        engine.dispose()


@contextmanager
def _driver_connection(engine: Engine) -> Iterator[Any]:
    connection = engine.raw_connection()
    try:
        yield connection.driver_connection
    finally:
        connection.close()  # returns it to the pool


def _begin(driver: Any, mode: Transaction, guard: WriteGuard | None, community: str | None = None) -> None:
    """Begin a transaction as one message to the server. Raises `LeadershipLost`."""
    statements = [_BEGIN[mode]]
    if community is not None:
        statements.append(community_lock(community))
    if guard is not None:
        guard.check()
        statements.append(guard.sql)
    # Without parameters, one message can have several statements. Each sees what was committed before it.
    cursor = driver.execute("; ".join(statements), prepare=False)
    if guard is not None:
        while cursor.nextset():
            pass
        guard.require(cursor.fetchone())


def require_driver(location: PostgresUrl) -> None:
    """Raise `StoreError` if the libraries for PostgreSQL are not installed."""
    if find_spec("psycopg") is None:
        raise StoreError(
            f"The libraries for {location} are not installed.",
            "Install them: pip install 'precis-bot[postgres]'",
        )


def require_version(location: PostgresUrl, current: str | None) -> None:
    """Raise `StoreError` unless the tables have the version that this version of Precis needs."""
    if current == schema_version.head():
        return
    if current is None:
        raise StoreError(f"{location} has no tables of Precis yet.", "Create them with: precis migrate")
    if current not in schema_version.known():
        raise StoreError(
            f"The tables of {location} belong to a newer version of Precis.",
            "Install that version, or restore a dump from before the upgrade.",
        )
    raise StoreError(
        f"The tables of {location} belong to an older version of Precis.",
        "Stop all nodes and upgrade the tables with: precis migrate",
    )


def make_engine(location: PostgresUrl) -> Engine:
    """An engine that connects when it is first used."""
    # It logs a traceback for each lost connection, which `Database` reports once.
    logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)
    engine = create_engine(
        "postgresql+psycopg://",
        pool_size=POOL_SIZE,
        max_overflow=POOL_OVERFLOW,
        pool_use_lifo=True,  # a connection that was just used has most statements prepared
        json_serializer=write_json,
        json_deserializer=read_json,
        use_native_hstore=False,
        execution_options={"preserve_rowcount": True},  # else it is not known after ON CONFLICT
    )

    @event.listens_for(engine, "connect")
    def configure(connection: Any, record: Any) -> None:
        connection.autocommit = True  # a transaction begins in begin(), or not at all for one statement

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        mode = options.get("transaction", Transaction.WRITE)
        if mode in _BEGIN:
            driver = connection.connection.driver_connection
            _begin(driver, mode, options.get("guard"))

    @event.listens_for(engine, "do_connect")
    def use_address(dialect: Any, record: Any, arguments: list[Any], options: dict[str, Any]) -> None:
        """libpq reads the address itself, which may name several hosts."""
        arguments[:] = []
        options.update(connection_arguments(location))

    return engine


def connection_arguments(location: PostgresUrl) -> dict[str, Any]:
    """The arguments of `psycopg.connect`, with `conninfo` for the address."""
    from psycopg.conninfo import conninfo_to_dict

    known = conninfo_to_dict(location.address)
    settings: dict[str, Any] = {
        name: value for name, value in CONNECTION_SETTINGS.items() if name not in known
    }
    if location.password is not None:
        settings["password"] = location.password
    return {"conninfo": location.address, **settings}
