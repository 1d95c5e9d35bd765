"""The schema version of a database. Alembic is imported only for an upgrade.

The import takes a third of a second, and a daemon that starts on a current database needs only one query.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Column, Connection, MetaData, String, Table, select

from bot.store import search_index, trigram_index
from bot.store.dialects import POSTGRESQL
from bot.store.schema_revisions import MIGRATIONS, head, known
from bot.store.tables import UNLOGGED, add_postgresql_conditions, metadata
from bot.store.task_tables import create_task_tables
from bot.store.triggers import create_triggers

if TYPE_CHECKING:
    from alembic.config import Config

__all__ = ["MIGRATIONS", "alembic_config", "create", "current", "head", "known", "upgrade"]

_version_table = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))
"""Alembic's own table."""


def current(connection: Connection) -> str | None:
    """The revision of a database; None for a new one. Alembic stores it in a table with one row."""
    if not connection.dialect.has_table(connection, _version_table.name):
        return None
    return connection.execute(select(_version_table.c.version_num)).scalar()


def create(connection: Connection) -> None:
    """Create all tables and triggers of a new database in the caller's transaction.

    See "Building an Up to Date Database from Scratch" in Alembic's cookbook.
    """
    if connection.dialect.name == POSTGRESQL:
        add_postgresql_conditions()
    metadata.create_all(connection, checkfirst=False)
    create_triggers(connection)
    if connection.dialect.name == POSTGRESQL:
        create_task_tables(connection)
        for table in UNLOGGED:
            connection.exec_driver_sql(f"ALTER TABLE {table.name} SET UNLOGGED")
    search_index.create_index(connection)
    trigram_index.create_index(connection)
    _version_table.create(connection)
    connection.execute(_version_table.insert().values(version_num=head()))


def upgrade(connection: Connection) -> None:
    """Upgrade a database of an older version in the caller's transaction."""
    from alembic import command

    command.upgrade(alembic_config(connection), "head")


def alembic_config(connection: Connection) -> Config:
    """The configuration for Alembic's commands."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
