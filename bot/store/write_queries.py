"""Statements in the write transactions of each post; those on PostgreSQL without SQLAlchemy.

There, SQLAlchemy's part takes longer than that of the driver and the server together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import Connection, Row, Select, UpdateBase

from bot.store.driver_queries import DriverQuery, Statement

MakeQuery = Callable[[Statement, Mapping[str, Any]], DriverQuery]
"""Returns the query of a statement for parameters of these names."""


class WriteQueries(Protocol):
    """The statements see what the transaction has changed.

    Their parameters are not lists, except for arrays of PostgreSQL.
    """

    def first(self, statement: Select[Any], **parameters: Any) -> Row[Any] | None:
        """The first row; None without one."""

    def all(self, statement: Select[Any], **parameters: Any) -> Sequence[Row[Any]]:
        """All rows."""

    def change(self, statement: UpdateBase, **parameters: Any) -> int:
        """Execute a statement without RETURNING; return how many rows it has changed."""


class ConnectionQueries:
    """Implements `WriteQueries` with a connection of SQLAlchemy."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def first(self, statement: Select[Any], **parameters: Any) -> Row[Any] | None:
        return self._connection.execute(statement, parameters).first()

    def all(self, statement: Select[Any], **parameters: Any) -> Sequence[Row[Any]]:
        return self._connection.execute(statement, parameters).all()

    def change(self, statement: UpdateBase, **parameters: Any) -> int:
        return self._connection.execute(statement, parameters).rowcount


class DriverCursor(Protocol):
    """Of the driver."""

    rowcount: int

    def fetchone(self) -> Sequence[Any] | None: ...

    def fetchall(self) -> Sequence[Sequence[Any]]: ...


class DriverWriteQueries:
    """Implements `WriteQueries` with a connection of the driver."""

    def __init__(self, execute: Callable[[str, Any], DriverCursor], make_query: MakeQuery) -> None:
        self._execute = execute
        self._make_query = make_query

    def first(self, statement: Select[Any], **parameters: Any) -> Row[Any] | None:
        query = self._make_query(statement, parameters)
        found = self._execute(query.sql, query.values(parameters)).fetchone()
        return None if found is None else query.row(found)

    def all(self, statement: Select[Any], **parameters: Any) -> Sequence[Row[Any]]:
        query = self._make_query(statement, parameters)
        found = self._execute(query.sql, query.values(parameters)).fetchall()
        return [query.row(each) for each in found]

    def change(self, statement: UpdateBase, **parameters: Any) -> int:
        query = self._make_query(statement, parameters)
        return self._execute(query.sql, query.values(parameters)).rowcount
