"""Queries as texts that SQLite and PostgreSQL both understand, for commands that must start quickly.

Loading SQLAlchemy and the tables takes fifty times as long as these queries. A `Database` executes them
too, so that each has one text. Parameters are written `:name`; no text may contain another colon.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from msgspec import Struct

from bot.store.stored_values import naive_utc, read_json, read_time, sqlite_text

if TYPE_CHECKING:
    from bot.core.errors import StoreError

Result = TypeVar("Result")
Execute = Callable[[str, Mapping[str, Any]], tuple[Iterable[str], Iterable[Sequence[Any]]]]
"""Executes a statement with its parameters; returns the names of the columns, and the rows of the driver."""


class TextQuery(Struct, Generic[Result], frozen=True):
    """A query, and what becomes of its rows."""

    sql: str
    make: Callable[..., Result]
    """Makes the result from the values of a row. Their names are those of the columns."""
    times: tuple[str, ...] = ()
    """Columns with times; the same for the fields below."""
    json: tuple[str, ...] = ()
    booleans: tuple[str, ...] = ()


def only_value(**row: Any) -> Any:
    """For a query with one column."""
    (value,) = row.values()
    return value


class TextQueries:
    """Executes queries in one transaction."""

    def __init__(self, execute: Execute, *, is_sqlite: bool) -> None:
        self._execute = execute
        self._is_sqlite = is_sqlite

    def all(self, query: TextQuery[Result], **parameters: datetime) -> list[Result]:
        """One result for each row. Raises `StoreError` if a value is damaged."""
        sql = query.sql if self._is_sqlite else _psycopg_text(query.sql)
        write: Callable[[datetime], Any] = sqlite_text if self._is_sqlite else naive_utc
        names, rows = self._execute(sql, {name: write(value) for name, value in parameters.items()})
        names = tuple(names)
        return [query.make(**_read(query, dict(zip(names, row, strict=True)))) for row in rows]

    def first(self, query: TextQuery[Result], **parameters: datetime) -> Result | None:
        """The result of the only row; None without a row."""
        return next(iter(self.all(query, **parameters)), None)


class Readable(Protocol):
    """A database that executes these queries: `Database`, or `bot.store.sqlite_reader.SqliteReader`."""

    @property
    def path(self) -> Path | None:
        """The file; None for PostgreSQL."""

    @property
    def write_error(self) -> StoreError | None:
        """Why the last write failed; None if it succeeded, or if nothing was written."""

    def text_queries(self) -> AbstractContextManager[TextQueries]:
        """One state of the database. Raises `StoreError`."""


def _read(query: TextQuery[Any], values: dict[str, Any]) -> dict[str, Any]:
    for name in query.times:
        values[name] = read_time(values[name])
    for name in query.json:
        if isinstance(values[name], str):  # psycopg has decoded it
            values[name] = read_json(values[name])
    for name in query.booleans:  # SQLite has numbers
        values[name] = bool(values[name])
    return values


@cache
def _psycopg_text(sql: str) -> str:
    return re.sub(r":(\w+)", r"%(\1)s", sql)
