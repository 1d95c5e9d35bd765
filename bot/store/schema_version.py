"""Which version of the tables a database has. Alembic itself is loaded only when they have to change.

It takes a third of a second to load, and a daemon that starts on a current database needs one line of SQL.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Column, Connection, MetaData, String, Table, text
from sqlalchemy.exc import OperationalError

from bot.store.tables import metadata

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).with_name("migrations")
_stamp = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))
"""Alembic's own table."""


def known() -> tuple[str, ...]:
    """All revisions, in their order; the files are named for them."""
    return tuple(
        sorted(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))
    )


def head() -> str:
    """The revision that this version of Precis works with."""
    return known()[-1]


def current(connection: Connection) -> str | None:
    """The revision of a database; None for a new one. Alembic keeps it in a table of one row."""
    try:
        found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except OperationalError as error:
        if "no such table" not in str(error.orig):
            raise
        return None
    return found


def create(connection: Connection) -> None:
    """Make all tables of a new database at once, inside the caller's transaction.

    Alembic's own advice, "Building an Up to Date Database from Scratch" in its cookbook.
    """
    metadata.create_all(connection, checkfirst=False)
    _stamp.create(connection)
    connection.execute(_stamp.insert().values(version_num=head()))


def upgrade(connection: Connection) -> None:
    """Bring a database of an older version up to date, inside the caller's transaction."""
    from alembic import command

    command.upgrade(alembic_config(connection), "head")


def alembic_config(connection: Connection) -> Config:
    """What Alembic is asked with."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
