"""The tables of procrastinate, which holds the read tasks of a cluster in the same PostgreSQL database.

Its version is pinned. An update of it that changes its tables (`procrastinate/sql/migrations`) needs a
migration of ours that executes the same SQL.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection


def create_task_tables(connection: Connection) -> None:
    """Create the tables in the caller's transaction."""
    from procrastinate.schema import SchemaManager  # installed with the libraries for PostgreSQL only

    driver: Any = connection.connection.driver_connection
    driver.execute(SchemaManager.get_schema())
