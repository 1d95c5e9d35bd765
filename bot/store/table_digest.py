"""A table in an order and a form that are the same in SQLite and PostgreSQL, and the SHA-256 of that."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, RowMapping, Select, Table, func, select
from sqlalchemy import String as SqlString

from bot.store.column_types import String
from bot.store.dialects import in_byte_order
from bot.store.stored_values import write_json
from bot.store.tables import daily_counts, metadata, post_counts

BATCH = 1000
"""Rows that are in memory at a time."""
_STREAM = {"stream_results": True, "yield_per": BATCH}


class TableDigest(Struct, frozen=True):
    """What a table contains."""

    rows: int
    sha256: str


class RunningDigest:
    """The digest of rows that are read in order."""

    def __init__(self) -> None:
        self.rows, self._hash = 0, hashlib.sha256()

    def add(self, rows: Sequence[RowMapping]) -> None:
        self.rows += len(rows)
        for row in rows:
            self._hash.update(_canonical(row.values()))

    def result(self) -> TableDigest:
        return TableDigest(self.rows, self._hash.hexdigest())


def _canonical(row: Iterable[object]) -> bytes:
    """A line of JSON, with times in UTC. Texts are as both databases can store them."""
    values = [value.isoformat() if isinstance(value, datetime) else value for value in row]
    return f"{write_json(values)}\n".encode()


def _rows_in_order(table: Table) -> Select[Any]:
    keys = [column for column in table.columns if column.primary_key]
    order = [
        in_byte_order(column) if isinstance(column.type, String | SqlString) else column for column in keys
    ]
    if table not in (post_counts, daily_counts):
        return select(table).order_by(*order)
    # PostgreSQL has several rows for a key, and SQLite keeps a key whose number is 0 again.
    number = func.sum(table.c.number)
    return select(*keys, number.label("number")).group_by(*keys).having(number != 0).order_by(*order)


_ROWS_IN_ORDER = {
    table.name: _rows_in_order(table).execution_options(**_STREAM) for table in metadata.sorted_tables
}


def read_batches(connection: Connection, table: Table) -> Iterator[Sequence[RowMapping]]:
    """All rows in the order of the primary key. The database sends them as they are read."""
    with connection.execute(_ROWS_IN_ORDER[table.name]) as rows:
        yield from rows.mappings().partitions()
