"""What differs between a SQLite file and a PostgreSQL server, apart from SQL (`bot.store.dialects`)."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from enum import Enum, auto
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Engine

from bot.core.database_location import DatabaseLocation
from bot.store.write_guard import WriteGuard
from bot.store.write_queries import MakeQuery, WriteQueries


class Transaction(Enum):
    """How a transaction begins: the execution option `transaction` of an engine, by default to write."""

    WRITE = auto()
    READ = auto()
    SINGLE_READ = auto()
    """One statement, which is a transaction by itself."""
    SINGLE_WRITE = auto()


class Backend(Protocol):
    """Opens a database, and says what is wrong with it."""

    one_writer: bool
    """Whether a second write transaction would only wait for the first, so that a process avoids it."""

    def open(self, now: datetime) -> Engine:
        """Open it for a daemon; raises `StoreError`."""

    def open_read_only(self) -> Engine:
        """Open it for a command, as another process left it; raises `StoreError`."""

    def raise_store_error(self) -> AbstractContextManager[None]:
        """Raise errors of the machine and of the server as `StoreError`; errors in our SQL unchanged."""

    def fetch_one(self, engine: Engine, sql: str, parameters: Mapping[str, Any] | list[Any] | None) -> Any:
        """The first row as the driver returns it, in a transaction of its own; None without a row.

        Also for statements that write, unless there is `one_writer`.
        """

    def fetch_all(
        self, engine: Engine, sql: str, parameters: Mapping[str, Any] | list[Any] | None
    ) -> list[Any]:
        """The same for all rows."""

    def write_queries(
        self, engine: Engine, community: str | None, guard: WriteGuard | None, make_query: MakeQuery
    ) -> AbstractContextManager[WriteQueries]:
        """A write transaction as `Database.write_queries` describes it; raises `LeadershipLost`."""

    def server_time(self, engine: Engine) -> datetime | None:
        """The server's clock; None without a server."""

    def close(self, engine: Engine) -> None:
        """Close the engine and all other connections."""


def backend_of(location: DatabaseLocation) -> Backend:
    """The libraries of the other database are not loaded."""
    if isinstance(location, Path):
        from bot.store.sqlite_engine import SqliteBackend

        return SqliteBackend(location)
    from bot.store.postgresql_engine import PostgresqlBackend

    return PostgresqlBackend(location)
