"""The triggers of all tables: create them, and turn them off while rows are copied."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from bot.store import post_counts, rules_revision
from bot.store.dialects import POSTGRESQL

_TABLES = ("posts", "settings_changes", "accounts")
_SQLITE = post_counts.TRIGGERS | rules_revision.TRIGGERS
_POSTGRESQL = post_counts.POSTGRESQL_TRIGGERS | rules_revision.POSTGRESQL_TRIGGERS


def create_triggers(connection: Connection) -> None:
    """Create all triggers of a new database in the caller's transaction."""
    if connection.dialect.name == POSTGRESQL:
        for name, (function, when) in _POSTGRESQL.items():
            connection.exec_driver_sql(f"CREATE FUNCTION {name}() {function}")
            connection.exec_driver_sql(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {name}()")
    else:
        for name, rest in _SQLITE.items():
            connection.exec_driver_sql(f"CREATE TRIGGER {name} {rest}")


@contextmanager
def without_triggers(connection: Connection) -> Iterator[None]:
    """Change rows in this block without triggers. It is a part of the caller's transaction.

    A copy has the counts already. A trigger would count its rows a second time.
    """
    if connection.dialect.name == POSTGRESQL:
        _alter_tables(connection, "DISABLE TRIGGER USER")
        yield
        _alter_tables(connection, "ENABLE TRIGGER USER")
    else:
        for name in _SQLITE:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        yield
        create_triggers(connection)


def _alter_tables(connection: Connection, change: str) -> None:
    for table in _TABLES:
        connection.exec_driver_sql(f"ALTER TABLE {table} {change}")
