"""Create or upgrade the tables, for `precis migrate`."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path

from bot.core.database_location import DatabaseLocation, PostgresUrl
from bot.store import schema_version
from bot.store.advisory_locks import LockKind, lock_for_transaction
from bot.store.database import Database
from bot.store.tables import meta


def migrate(location: DatabaseLocation, now: datetime) -> str | None:
    """Create the tables, or bring them to the version of this Precis; return the version before.

    Raises `StoreError`. A SQLite file is backed up before; a daemon does the same when it starts.
    """
    if isinstance(location, Path):
        with closing(Database(location, now)):
            return schema_version.head()
    return _migrate_server(location, now)


def _migrate_server(location: PostgresUrl, now: datetime) -> str | None:
    from bot.store.postgresql_engine import PostgresqlBackend, make_engine, require_version

    backend = PostgresqlBackend(location)
    engine = make_engine(location)
    try:
        with backend.raise_store_error(), engine.begin() as connection:
            lock_for_transaction(connection, LockKind.MIGRATION)
            before = schema_version.current(connection)
            if before is None:
                schema_version.create(connection)
                connection.execute(meta.insert().values(name="created", time=now))
            elif before not in schema_version.known():
                require_version(location, before)
            elif before != schema_version.head():
                schema_version.upgrade(connection)
    finally:
        engine.dispose()
    return before
