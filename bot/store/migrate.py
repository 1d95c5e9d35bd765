"""Create or upgrade the tables, for `precis migrate`."""

from __future__ import annotations

from datetime import datetime

from bot.core.database_location import DatabaseLocation, PostgresUrl
from bot.store import schema_version, sqlite_engine
from bot.store.advisory_locks import LockKind, lock_for_transaction
from bot.store.database import Database
from bot.store.tables import meta


def migrate(location: DatabaseLocation, now: datetime) -> str | None:
    """Create the tables, or bring them to the version of this Precis; return the version before, if any.

    Raises `StoreError`. A SQLite file is backed up before an upgrade; a daemon does the same when it starts.
    """
    if isinstance(location, PostgresUrl):
        return _migrate_server(location, now)
    before = sqlite_engine.version_of(location)
    Database(location, now).close()
    return before


def create_tables(location: DatabaseLocation, now: datetime) -> None:
    """Create the tables of a database that has none. Raises `StoreError` for those of another version."""
    if isinstance(location, PostgresUrl):
        _migrate_server(location, now, upgrade=False)
    else:
        exists = location.exists() and location.stat().st_size > 0
        Database(location, None if exists else now).close()


def _migrate_server(location: PostgresUrl, now: datetime, *, upgrade: bool = True) -> str | None:
    """Two of these at once wait for each other, and the second finds nothing to do."""
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
            elif before not in schema_version.known() or not upgrade:
                require_version(location, before)
            elif before != schema_version.head():
                schema_version.upgrade(connection)
    finally:
        engine.dispose()
    return before
