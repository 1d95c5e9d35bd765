"""Copy all rows of a database to an empty one, for a move between SQLite and PostgreSQL.

All rows are read in one snapshot and written in one transaction, which also reads them back. So the target
has all rows, or none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from msgspec import Struct
from sqlalchemy import Connection, RowMapping, Table, exists, func, select
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from bot.core.database_location import DatabaseLocation
from bot.core.errors import UserError
from bot.core.single_line import single_line
from bot.store.backends import backend_of
from bot.store.cluster_nodes import list_nodes, live_nodes
from bot.store.database import Database
from bot.store.dialects import POSTGRESQL
from bot.store.migrate import create_tables
from bot.store.table_digest import RunningDigest, TableDigest, read_batches
from bot.store.tables import meta, metadata
from bot.store.triggers import without_triggers

TABLES = tuple(metadata.sorted_tables)
Report = Callable[[str], None]
"""Called after each batch of rows with what was done so far."""


class CopiedTable(Struct, frozen=True):
    """One table in both databases, as read from them."""

    name: str
    source: TableDigest
    target: TableDigest

    @property
    def is_equal(self) -> bool:
        return self.source == self.target


class CopyDiffersError(UserError):
    """What was read back differs from what was copied, so nothing was."""

    def __init__(self, target: DatabaseLocation, tables: tuple[CopiedTable, ...]) -> None:
        names = ", ".join(table.name for table in tables if not table.is_equal)
        super().__init__(
            f"What was read back from {target} differs from what was written: {names}. Nothing was copied.",
            "Look for triggers or rules in it that Precis did not create.",
        )
        self.tables = tables


def copy_database(
    source_location: DatabaseLocation,
    target_location: DatabaseLocation,
    now: datetime,
    lease: timedelta,
    report: Report,
) -> tuple[CopiedTable, ...]:
    """Copy all rows; returns what each table has on both sides, which is equal. Raises `UserError`.

    No daemon may use either database: for a file, the caller holds its lock, and a node of a cluster is alive
    if it reported within the `lease`. The source is upgraded if necessary, as a daemon does when it starts.
    A target without tables gets them.
    """
    if isinstance(source_location, Path) and not source_location.exists():
        raise UserError(f"There is no database {source_location}.", "Check the path.")
    with closing(Database(source_location, now)) as source:
        create_tables(target_location, now)
        with closing(Database(target_location, now)) as target:
            with target.read_transaction() as connection:
                _require_empty(target, connection)  # without waiting for a lock
            with source.read_transaction() as reading, target.write_transaction() as writing:
                _lock(source, reading, "LOCK TABLE nodes IN SHARE MODE", lease)
                _lock(target, writing, f"LOCK TABLE {_ALL_TABLES} IN EXCLUSIVE MODE", lease)
                _require_empty(target, writing)
                with without_triggers(writing):
                    writing.execute(meta.delete())
                    copied = tuple(_copy(source, reading, target, writing, each, report) for each in TABLES)
                if not all(table.is_equal for table in copied):
                    raise CopyDiffersError(target_location, copied)
                _set_sequences(writing)
    return copied


_ALL_TABLES = ", ".join(table.name for table in TABLES)
_HAS_ROWS = {
    table.name: select(exists(select(1).select_from(table))) for table in TABLES if table is not meta
}


def _require_empty(database: Database, connection: Connection) -> None:
    """Raise `UserError` if there is a row. A new database has only the time of its creation, in `meta`."""
    for name, statement in _HAS_ROWS.items():
        if connection.execute(statement).scalar_one():
            other = "Use another file." if database.path else "Use another database: createdb NAME"
            raise UserError(f"{database.location} is not empty: the table {name} has rows.", other)


def _lock(database: Database, connection: Connection, statement: str, lease: timedelta) -> None:
    """On PostgreSQL, let no node start until the transaction ends; raises `UserError` if one is alive."""
    if connection.dialect.name != POSTGRESQL:
        return
    # One of the two connections waits while the other is read.
    connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
    connection.exec_driver_sql(statement)
    alive = live_nodes(list_nodes(connection), lease)
    if alive:
        raise UserError(
            f"Nodes are running on {database.location}: {', '.join(node.node for node in alive)}.",
            "Stop them all first, for example with: systemctl stop precis",
        )


def _copy(
    source: Database,
    reading: Connection,
    target: Database,
    writing: Connection,
    table: Table,
    report: Report,
) -> CopiedTable:
    read, written = RunningDigest(), RunningDigest()
    for rows in _read(source, reading, table):
        read.add(rows)
        try:
            writing.execute(table.insert(), [dict(row) for row in rows])
        except DBAPIError as error:
            raise _misfit(source, target, table, error) from error
        report(f"{table.name}: {read.rows:,} rows copied")
    for rows in read_batches(writing, table):
        written.add(rows)
        report(f"{table.name}: {written.rows:,} of {read.rows:,} rows checked")
    return CopiedTable(table.name, read.result(), written.result())


def _read(source: Database, connection: Connection, table: Table) -> Iterator[Sequence[RowMapping]]:
    with backend_of(source.location).raise_store_error():  # else the error would name the target
        yield from read_batches(connection, table)


def _misfit(source: Database, target: Database, table: Table, error: DBAPIError) -> Exception:
    """The `UserError` for a row that the target refuses, without its values; other errors unchanged."""
    if not isinstance(error, DataError | IntegrityError):
        return error
    return UserError(
        f"{target.location} refuses rows of the table {table.name} of {source.location}: "
        f"{single_line(str(error.orig), 200)}. Nothing was copied.",
        "Check for damage. A file is checked by: precis backup",
    )


def _set_sequences(connection: Connection) -> None:
    """PostgreSQL counts on from the copied numbers of rows. SQLite does that by itself."""
    if connection.dialect.name == POSTGRESQL:
        for table in TABLES:
            if "id" in table.columns:
                last = func.max(table.c.id)
                sequence = func.pg_get_serial_sequence(table.name, "id")
                connection.execute(select(func.setval(sequence, func.coalesce(last, 1), last.is_not(None))))
