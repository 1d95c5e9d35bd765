"""Checks a SQLite file for damage, also for damage that SQLite does not report: a lost table, broken JSON."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from sqlalchemy import JSON, Table

from bot.store.column_types import UtcDateTime
from bot.store.schema_revisions import head
from bot.store.sqlite_connection import revision_of
from bot.store.tables import metadata


def find_damage(connection: sqlite3.Connection) -> str | None:
    """What is damaged, in a few words; None if nothing is. Raises `sqlite3.Error` for an unreadable file.

    Tables and values are checked only in a database of this version: an upgrade changes older ones.
    """
    (result,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if result != "ok":
        return str(result)
    revision = revision_of(connection)
    if revision is None:
        return "its version is not recorded"
    if revision != head():
        return None
    return next(
        (damage for table in metadata.sorted_tables for damage in _damage_in(connection, table)), None
    )


def _damage_in(connection: sqlite3.Connection, table: Table) -> Iterator[str]:
    found = {row[1] for row in connection.execute(f'PRAGMA table_info("{table.name}")')}
    if not found:
        yield f"the table {table.name} is missing"
        return
    for column in table.columns:
        if column.name not in found:
            yield f"the column {table.name}.{column.name} is missing"
        elif isinstance(column.type, JSON | UtcDateTime):
            check = "json_valid" if isinstance(column.type, JSON) else "datetime"
            invalid = f'"{column.name}" IS NOT NULL AND coalesce({check}("{column.name}"), 0) = 0'
            query = f'SELECT count(*) FROM "{table.name}" WHERE {invalid}'  # noqa: S608 (our own names)
            (count,) = connection.execute(query).fetchone()
            if count:
                yield f"{count} values of {table.name}.{column.name} cannot be read"
