"""The revision of a database, read without Alembic, is the one that Alembic reads."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import NullPool, create_engine, inspect

from bot.core.errors import StoreError
from bot.store import Database, schema_version
from bot.store.tables import metadata
from tests.conftest import START, on_sqlite
from tests.database_template import create_new_databases
from tests.store.conftest import creates_tables

pytestmark = [on_sqlite, creates_tables]

OLD_VERSIONS = schema_version.known()[:-1]


def scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(schema_version.MIGRATIONS))
    return ScriptDirectory.from_config(config)


def test_the_migration_files_are_named_for_their_revisions_in_order() -> None:
    in_order = [script.revision for script in scripts().walk_revisions()][::-1]
    assert list(schema_version.known()) == in_order
    assert schema_version.head() == scripts().get_current_head()


def test_the_revision_is_the_one_that_alembic_reads(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'precis.db'}")
    with engine.connect() as connection:
        assert schema_version.current(connection) is None
    Database(tmp_path / "precis.db", START).close()
    with engine.connect() as connection:
        assert (
            schema_version.current(connection)
            == MigrationContext.configure(connection).get_current_revision()
        )
    engine.dispose()


def schema_of(database: Database) -> dict[str, Any]:
    """The columns, indexes and constraints of each table; the order of columns does not matter.

    Also the SQL of all indexes and triggers, with the condition of partial indexes.
    """
    sql = "SELECT name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
    with database.read_transaction() as connection:
        found = inspect(connection)
        return {"sql": dict(tuple(row) for row in connection.exec_driver_sql(sql))} | {
            table: (
                {
                    c["name"]: (str(c["type"]), c["nullable"], c["primary_key"])
                    for c in found.get_columns(table)
                },
                {i["name"]: (i["column_names"], i["unique"]) for i in found.get_indexes(table)},
                {u["name"]: u["column_names"] for u in found.get_unique_constraints(table)},
            )
            for table in found.get_table_names()
        }


def is_not_search_index(name: str | None, kind: str, parents: object) -> bool:
    """The tables of FTS5 are not in the metadata."""
    return kind != "table" or not (name or "").startswith("post_search")


def check_tables(database: Database) -> None:
    """Check that the tables are those of the code, at the newest revision."""
    with database.read_transaction() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": is_not_search_index})
        assert compare_metadata(context, metadata) == []
        assert schema_version.current(connection) == schema_version.head()


@pytest.fixture(scope="module")
def old_databases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database of each earlier version, VERSION.db."""
    folder = tmp_path_factory.mktemp("old")
    engine = create_engine(f"sqlite:///{folder / 'upgraded.db'}", poolclass=NullPool)
    for version in OLD_VERSIONS:
        with engine.begin() as connection:
            command.upgrade(schema_version.alembic_config(connection), version)
        shutil.copy(folder / "upgraded.db", folder / f"{version}.db")
    return folder


@pytest.fixture(scope="module")
def new_schema(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The schema of a new database, whose tables are those of the code."""
    with create_new_databases():
        database = Database(tmp_path_factory.mktemp("new") / "precis.db", START)
    check_tables(database)
    found = schema_of(database)
    database.close()
    return found


@pytest.mark.parametrize("old", OLD_VERSIONS)
def test_an_upgrade_from_any_version_gives_the_tables_of_a_new_database(
    tmp_path: Path, old_databases: Path, new_schema: dict[str, Any], old: str
) -> None:
    path = tmp_path / "old.db"
    shutil.copy(old_databases / f"{old}.db", path)
    upgraded = Database(path, START)
    assert schema_of(upgraded) == new_schema
    check_tables(upgraded)
    upgraded.close()


def test_a_database_of_another_program_is_refused_and_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE posts (id INTEGER)")
    with pytest.raises(StoreError):
        Database(path, START)
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("posts",)]


@pytest.mark.parametrize("new", [True, False])
def test_a_new_and_a_current_database_are_opened_without_alembic(tmp_path: Path, new: bool) -> None:
    path = tmp_path / "precis.db"
    if not new:
        Database(path, START).close()
    code = (
        "import sys; from datetime import UTC, datetime; from pathlib import Path\n"
        "from bot.store import Database\n"
        "Database(Path(sys.argv[1]), datetime.now(UTC)).close(); print('alembic' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "False\n"
