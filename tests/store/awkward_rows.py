"""Rows for every table with values that databases treat in different ways."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import cycle
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Integer, Table

from bot.store import Database
from bot.store.column_types import String, UtcDateTime
from bot.store.tables import daily_counts, meta, metadata, nodes, post_counts, revisions

ROWS = 7
TEXTS = (
    "",
    "Zürich",
    'it\'s "50 %" of \\N and \\\\ {} :name %s\t\r\n',
    "\u202eright to left\u202c \U0001f98a e\u0301 \ufffd",
    "apple",
    "Äpfel",
    "null",
)
TIMES = (
    datetime(2026, 3, 1, 12, 0, tzinfo=UTC),
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(2026, 10, 25, 1, 30, 0, 1, tzinfo=UTC),
    datetime(9998, 12, 31, 22, 59, 59, 999999, tzinfo=UTC),
)
NUMBERS = (0, 1, -1, 2**31 - 1)
IDS = (1, 2, 5, 17, 1000, 2**31, 2**40)
VALUES = (
    {"b": 1, "a": {"z": [None, True, 1.5e-7, 2**60], "": TEXTS[3]}, "10": "x", "9": "y"},
    [],
    {},
    [TEXTS[2]],
    {"body": "Zürich"},
)
KEPT_BY_TRIGGERS = (post_counts, daily_counts, revisions)


def fill(database: Database) -> None:
    """Add rows to every table, and let the triggers count some of them more than once."""
    with database.write_transaction() as connection:
        for table in metadata.sorted_tables:
            if table not in KEPT_BY_TRIGGERS:
                connection.execute(table.delete())
                connection.execute(table.insert(), rows_of(table))
        connection.execute(meta.update().where(meta.c.name == "0").values(name="created"))
        posts, accounts = metadata.tables["posts"], metadata.tables["accounts"]
        connection.execute(posts.update().where(posts.c.id == IDS[0]).values(state="sent", done_at=TIMES[0]))
        connection.execute(posts.delete().where(posts.c.id == IDS[-1]))
        connection.execute(accounts.update().values(paused_at=TIMES[0]))


def rows_of(table: Table) -> list[dict[str, Any]]:
    values = {column.name: cycle(_values(column)) for column in table.columns}
    return [
        {column.name: _value(column, number, next(values[column.name])) for column in table.columns}
        for number in range(ROWS)
    ]


def _values(column: Column[Any]) -> tuple[Any, ...]:
    kinds: tuple[tuple[type, tuple[Any, ...]], ...] = (
        (String, TEXTS),
        (UtcDateTime, TIMES if column.table is not nodes else TIMES[:2]),
        (Boolean, (True, False)),
        (JSON, VALUES),
        (Integer, NUMBERS),
    )
    values = next((values for kind, values in kinds if isinstance(column.type, kind)), IDS)
    return (*values, None) if column.nullable else values


def _value(column: Column[Any], number: int, value: Any) -> Any:
    """A value that is unique where it must be."""
    if column.name == "id" and column.primary_key:
        return IDS[number]
    unique = column.primary_key or column.name in ("post_id", "message_id", "idempotency_key", "source_id")
    return f"{value}{number}" if unique and isinstance(column.type, String) else value
