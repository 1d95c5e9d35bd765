"""All rows move between SQLite and PostgreSQL, in both directions, or none."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import func, select

from bot.core.database_location import DatabaseLocation, PostgresUrl
from bot.core.errors import UserError
from bot.core.models import PollResult, Post, Source
from bot.store import Database, PostQueue
from bot.store.cluster_nodes import ClusterNodes, NewNode
from bot.store.database_copy import TABLES, CopiedTable, CopyDiffersError, copy_database
from bot.store.migrate import create_tables
from bot.store.post_counts import recount_posts
from bot.store.table_digest import BATCH
from bot.store.tables import keys, metadata, posts, revisions
from tests import postgresql
from tests.conftest import START, a_post, new_location, on_server
from tests.store.awkward_rows import ROWS, fill
from tests.store.conftest import creates_tables

pytestmark = [on_server, creates_tables]
LEASE = timedelta(seconds=15)
PROJECT = Path(__file__).parents[2]


@pytest.fixture
def new_target(engine: str, tmp_path: Path) -> DatabaseLocation:
    """A database of the other engine without tables. PostgreSQL sorts its texts as in German."""
    if engine == "postgresql":
        return tmp_path / "target.db"
    if postgresql.shared_cluster() is None:
        pytest.skip("PostgreSQL is not installed")
    return postgresql.new_database(f"target_{os.getpid()}", tables=False, language="de")


@pytest.fixture
def target(engine: str, tmp_path: Path) -> DatabaseLocation:
    """A database of the other engine with empty tables, which takes less time."""
    if engine == "postgresql":
        return tmp_path / "target.db"
    return new_location("postgresql", tmp_path, START)


def copy(source: Database, target: DatabaseLocation) -> dict[str, CopiedTable]:
    found = copy_database(source.location, target, START, LEASE, lambda done: None)
    return {table.name: table for table in found}


def contents(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of each table, apart from counts."""
    with database.read_transaction() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table)).all()), key=repr)
            for table in metadata.sorted_tables
            if not table.name.endswith("_counts")
        }


def discover(database: Database, post: Post) -> None:
    PostQueue(database).discover(Source("home", post.community), PollResult((post,), None), START)


def is_empty(location: DatabaseLocation) -> bool:
    with closing(Database(location, None)) as database:
        return {name for name, rows in contents(database).items() if rows} <= {"meta"}


def test_every_table_is_equal_on_the_other_engine_and_back(
    database: Database, new_target: DatabaseLocation, tmp_path: Path
) -> None:
    fill(database)
    before = contents(database)
    there = copy(database, new_target)
    assert set(there) == set(metadata.tables)
    assert all(table.is_equal for table in there.values())
    assert {name: there[name].target.rows for name in before} == {
        name: len(rows) for name, rows in before.items()
    }
    assert all(before.values())
    assert there["post_counts"].target.rows == ROWS - 1
    with closing(Database(new_target, START)) as moved:
        assert contents(moved) == before
        assert recount_posts(moved) == 0
        home: DatabaseLocation = tmp_path / "home.db"
        if isinstance(database.location, PostgresUrl):
            home = postgresql.new_database(f"home_{os.getpid()}", tables=False)
        back = copy(moved, home)
    assert {name: table.target for name, table in back.items()} == {
        name: table.source for name, table in there.items()
    }
    with closing(Database(home, START)) as returned:
        assert contents(returned) == before


def test_the_triggers_and_the_numbers_of_rows_go_on(database: Database, target: DatabaseLocation) -> None:
    fill(database)
    copy(database, target)
    with closing(Database(target, START)) as moved:
        with moved.read_transaction() as connection:
            last = connection.execute(select(func.max(posts.c.id))).scalar_one()
            revision = connection.execute(select(revisions.c.number)).scalar_one()
        discover(moved, a_post(77))
        with moved.write_transaction() as connection:
            connection.execute(metadata.tables["accounts"].update().values(paused_at=None))
        with moved.read_transaction() as connection:
            assert connection.execute(select(func.max(posts.c.id))).scalar_one() == last + 1
            assert connection.execute(select(revisions.c.number)).scalar_one() > revision
        assert recount_posts(moved) == 0


def test_more_rows_than_one_batch_are_copied_in_order(database: Database, target: DatabaseLocation) -> None:
    with database.write_transaction() as connection:
        connection.execute(keys.insert(), [{"name": f"{n}ä", "value": "1"} for n in range(2 * BATCH + 1)])
    progress: list[str] = []
    copy_database(database.location, target, START, LEASE, progress.append)
    assert [line for line in progress if line.startswith("keys")] == [
        "keys: 1,000 rows copied",
        "keys: 2,000 rows copied",
        "keys: 2,001 rows copied",
        "keys: 1,000 of 2,001 rows checked",
        "keys: 2,000 of 2,001 rows checked",
        "keys: 2,001 of 2,001 rows checked",
    ]


@pytest.mark.engines("sqlite")
def test_texts_that_postgresql_cannot_store_get_replacements(
    database: Database, database_location: Path, target: DatabaseLocation
) -> None:
    """Versions before this one stored them."""
    discover(database, a_post())
    with closing(sqlite3.connect(database_location)) as connection, connection:
        connection.execute(
            "UPDATE posts SET error = ?, content = ?",
            ("a\0b", r'{"a": "\u0000", "\ud800": "\ud83e\udd8a"}'),
        )
    assert copy(database, target)["posts"].is_equal
    with closing(Database(target, None)) as moved, moved.read_transaction() as connection:
        found = connection.execute(select(posts.c.error, posts.c.content)).one()
    assert tuple(found) == ("a\ufffdb", {"a": "\ufffd", "\ufffd": "\U0001f98a"})


def test_a_target_with_rows_is_refused_and_stays(database: Database, target: DatabaseLocation) -> None:
    fill(database)
    copy(database, target)
    with pytest.raises(UserError, match=r"is not empty: the table \w+ has rows") as raised:
        copy(database, target)
    assert raised.value.remedy.startswith("Use another")
    with closing(Database(target, None)) as moved:
        assert contents(moved) == contents(database)


def test_a_target_with_empty_tables_is_used(database: Database, target: DatabaseLocation) -> None:
    copy(database, target)
    fill(database)
    copy(database, target)
    assert not is_empty(target)


@pytest.mark.parametrize("side", ["source", "target"])
def test_a_database_of_a_running_node_is_refused(
    database: Database, target: DatabaseLocation, side: str
) -> None:
    create_tables(target, START)
    locations = {"source": database.location, "target": target}
    if not isinstance(locations[side], PostgresUrl):
        pytest.skip("a file has a lock instead, see tests/cli/test_copy_database.py")
    with closing(Database(locations[side], START)) as used:
        nodes = ClusterNodes(used)
        nodes.register(NewNode("berlin", "1", "host", 1, ("read",), (), "1.0"), LEASE)
        words = "Nodes are running on .*: berlin" if side == "source" else "is not empty: the table nodes"
        with pytest.raises(UserError, match=words):
            copy(database, target)
        nodes.stop("berlin", "1")
    if side == "source":
        assert copy(database, target)["nodes"].target.rows == 1


@pytest.mark.engines("postgresql")
def test_no_node_starts_while_its_database_is_copied(database: Database, target: DatabaseLocation) -> None:
    fill(database)
    url = database.location
    assert isinstance(url, PostgresUrl)
    refused: list[str] = []

    def start_node(done: str) -> None:
        with psycopg.connect(url.address) as node, pytest.raises(psycopg.errors.LockNotAvailable):
            node.execute("SET LOCAL lock_timeout = '1ms'; LOCK TABLE nodes IN ROW EXCLUSIVE MODE")
        refused.append(done)

    copy_database(url, target, START, LEASE, start_node)
    assert len(refused) > len(metadata.tables)


def change_written_values(location: DatabaseLocation) -> None:
    """Let the database change a value that is written."""
    change = "UPDATE keys SET value = 'changed'"
    with closing(Database(location, START)) as database, database.write_transaction() as connection:
        if isinstance(location, PostgresUrl):
            body = f"RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {change}; RETURN NULL; END $$"
            connection.exec_driver_sql(f"CREATE FUNCTION change() {body}")
            connection.exec_driver_sql(
                "CREATE TRIGGER change AFTER INSERT ON keys FOR EACH ROW EXECUTE FUNCTION change()"
            )
        else:
            connection.exec_driver_sql(f"CREATE TRIGGER change AFTER INSERT ON keys BEGIN {change}; END")


def test_a_table_that_differs_is_named_and_nothing_is_copied(
    database: Database, new_target: DatabaseLocation
) -> None:
    create_tables(new_target, START)
    change_written_values(new_target)
    fill(database)
    with pytest.raises(CopyDiffersError, match=r"differs from what was written: keys\. Nothing") as raised:
        copy(database, new_target)
    assert [table.name for table in raised.value.tables if not table.is_equal] == ["keys"]
    assert is_empty(new_target)


@pytest.mark.engines("sqlite")
def test_a_row_that_does_not_fit_is_an_error_without_its_values(
    database: Database, database_location: Path, target: DatabaseLocation
) -> None:
    fill(database)
    with closing(sqlite3.connect(database_location)) as connection, connection:
        connection.execute("UPDATE posts SET attempts = 1 << 40, markdown = 'secret' WHERE id = 5")
    with pytest.raises(UserError, match=r"refuses rows of the table posts .*out of range") as raised:
        copy(database, target)
    assert "secret" not in raised.value.message
    assert is_empty(target)


@pytest.mark.engines("sqlite")
def test_an_older_file_is_upgraded_first(tmp_path: Path, target: DatabaseLocation) -> None:
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript((PROJECT / "tests/store/before_plain_names.sql").read_text())
    copy_database(path, target, START, LEASE, lambda done: None)
    assert not is_empty(target)


@pytest.mark.engines("sqlite")
def test_a_missing_source_is_not_created(tmp_path: Path, target: DatabaseLocation) -> None:
    with pytest.raises(UserError, match="There is no database"):
        copy_database(tmp_path / "missing.db", target, START, LEASE, lambda done: None)
    assert not (tmp_path / "missing.db").exists()


KILLED = """
import os, signal, sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from bot.core.database_location import PostgresUrl, is_postgres_url
from bot.store.database_copy import copy_database
places = [PostgresUrl(each) if is_postgres_url(each) else Path(each) for each in sys.argv[1:3]]
def kill(done):
    if done == sys.argv[3]:
        os.kill(os.getpid(), signal.SIGKILL)
copy_database(*places, datetime.now(UTC), timedelta(seconds=15), kill)
"""


def test_a_copy_that_is_killed_leaves_the_target_empty(database: Database, target: DatabaseLocation) -> None:
    fill(database)
    at = f"{TABLES[-1].name}: {ROWS} of {ROWS} rows checked"
    command = (sys.executable, "-c", KILLED, str(database.location), str(target), at)
    assert subprocess.run(command, cwd=PROJECT, timeout=60).returncode == -signal.SIGKILL
    assert is_empty(target)
    assert all(table.is_equal for table in copy(database, target).values())
