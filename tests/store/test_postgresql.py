"""PostgreSQL: connections that fail, the version of the tables, and migrations."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from structlog.testing import capture_logs

from bot.core.database_location import PostgresUrl
from bot.core.errors import StoreError
from bot.core.models import PollResult, Source
from bot.sandbox.postgresql import find_programs
from bot.store import Database, PostQueue, postgresql_engine, schema_version
from bot.store.database import SERVER_IS_BACK_AFTER
from bot.store.migrate import migrate
from bot.store.tables import metadata, posts
from bot.store.write_state import WriteState
from tests import postgresql
from tests.conftest import START, Clock, a_post

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.engines("postgresql"),
    pytest.mark.skipif(find_programs() is None, reason="PostgreSQL is not installed"),
]
SOURCE = Source("home", "news@lemmy.example")


@pytest.fixture
def empty() -> PostgresUrl:
    """A database without tables."""
    return postgresql.new_database("without_tables", tables=False)


@pytest.fixture
def copy() -> PostgresUrl:
    """A database with tables, which a test may damage."""
    return postgresql.new_database("with_tables")


def execute(url: PostgresUrl, statement: str) -> None:
    with postgresql._connect(url) as connection:
        connection.execute(statement)


def test_a_server_that_does_not_run() -> None:
    with pytest.raises(StoreError, match=r"cannot be reached .+Connection refused") as down:
        Database(PostgresUrl("postgresql://precis@127.0.0.1:1/precis", "s3cret"), START)
    assert down.value.temporary
    assert "psql 'postgresql://precis@127.0.0.1:1/precis'" in down.value.remedy
    assert "s3cret" not in f"{down.value.message} {down.value.remedy} {down.value.__cause__}"
    assert "\n" not in down.value.message


@pytest.mark.parametrize(
    ("old", "new", "message", "remedy"),
    [
        ("/postgres?", "/nowhere?", "There is no database postgresql://", "createdb"),
        ("//precis@", "//stranger@", "refuses the login", "Check the user in"),
        ("/postgres?", "/postgres?frobnicate=1&", "is not the address of a PostgreSQL database", "Use for"),
    ],
)
def test_a_wrong_address(old: str, new: str, message: str, remedy: str) -> None:
    cluster = postgresql.shared_cluster()
    assert cluster is not None
    wrong = PostgresUrl(cluster.url("postgres").replace(old, new))
    with pytest.raises(StoreError, match=message) as error:
        Database(wrong, START)
    assert remedy in error.value.remedy
    assert not error.value.temporary


def test_libraries_that_are_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql_engine, "find_spec", lambda name: None)
    with pytest.raises(StoreError, match="are not installed") as missing:
        Database(PostgresUrl("postgresql://precis@db.example/precis"), START)
    assert missing.value.remedy == "Install them: pip install 'precis-bot[postgres]'"


def test_tables_are_created_once_by_a_command(empty: PostgresUrl) -> None:
    with pytest.raises(StoreError, match="has no tables of Precis yet") as early:
        Database(empty, START)
    assert "precis migrate" in early.value.remedy
    with ThreadPoolExecutor(4) as threads:
        before = list(threads.map(lambda _: migrate(empty, START), range(4)))
    assert sorted(before, key=str) == [schema_version.head()] * 3 + [None]
    with closing(Database(empty, START)) as database:
        assert database.created_at() == START
        with database.read_transaction() as connection:
            found = connection.execute(
                text("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
            )
            assert set(found.scalars()) == {*metadata.tables, *postgresql.TASK_TABLES, "alembic_version"}


@pytest.mark.parametrize(
    ("version", "message", "remedy"),
    [("0001", "older version", "precis migrate"), ("9999", "newer version", "Install that version")],
)
def test_tables_of_another_version_are_refused(
    copy: PostgresUrl, version: str, message: str, remedy: str
) -> None:
    execute(copy, f"UPDATE alembic_version SET version_num = '{version}'")
    for now in (START, None):
        with pytest.raises(StoreError, match=message) as refused:
            Database(copy, now)
        assert remedy in refused.value.remedy
    if version == "9999":
        with pytest.raises(StoreError, match=message):
            migrate(copy, START)


def test_a_migration_runs_on_the_server(copy: PostgresUrl, monkeypatch: pytest.MonkeyPatch) -> None:
    """A later migration finds Alembic's environment, and the lock and the transaction of the command."""
    upgraded: list[str] = []
    monkeypatch.setattr(
        schema_version, "upgrade", lambda connection: upgraded.append(connection.dialect.name)
    )
    execute(copy, "UPDATE alembic_version SET version_num = '0001'")
    assert migrate(copy, START) == "0001"
    assert upgraded == ["postgresql"]


def test_a_daemon_does_not_start_on_a_standby(copy: PostgresUrl) -> None:
    execute(copy, "ALTER DATABASE with_tables SET default_transaction_read_only = on")
    with pytest.raises(StoreError, match="can be read but not written") as standby:
        Database(copy, START)
    assert standby.value.temporary
    Database(copy, None).close()


def test_a_lost_table_is_damage(copy: PostgresUrl) -> None:
    execute(copy, "DROP TABLE posts CASCADE")
    with (
        closing(Database(copy, START)) as database,
        pytest.raises(StoreError, match="is damaged: relation") as damaged,
    ):
        PostQueue(database).discover(SOURCE, PollResult((a_post(1),), "c"), START)
    assert "--after-pg-restore" in damaged.value.remedy
    assert not damaged.value.temporary


@pytest.fixture
def queue(database: Database) -> PostQueue:
    return PostQueue(database)


def discover(queue: PostQueue, number: int, clock: Clock) -> int:
    return queue.discover(SOURCE, PollResult((a_post(number),), "c"), clock())


@pytest.fixture
def seconds(database: Database) -> list[float]:
    """The time of the monotonic clock that says whether the server is back."""
    now = [0.0]
    database._writes = WriteState(SERVER_IS_BACK_AFTER, lambda: now[0])
    return now


def test_a_lost_connection_is_logged_once_and_its_end_too(
    database: Database, queue: PostQueue, clock: Clock, seconds: list[float]
) -> None:
    discover(queue, 1, clock)
    with capture_logs() as said:
        execute(
            database.location,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        with pytest.raises(StoreError) as lost:
            discover(queue, 2, clock)
        assert lost.value.temporary
        seconds[0] += SERVER_IS_BACK_AFTER
        assert discover(queue, 2, clock) == 1
    assert [line["event"] for line in said] == [
        "the database cannot be written",
        "the database can be written again",
    ]


def test_one_outage_with_several_messages_is_logged_once(
    database: Database, queue: PostQueue, clock: Clock, seconds: list[float]
) -> None:
    """Some writes succeed meanwhile. The second object has connections of its own, as in a node."""
    with closing(database.with_own_connections(clock())) as other, capture_logs() as said:
        for state in ("57P01", "08006", "53300"):
            failing = f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{state}'; END $$"
            for each in (database, other):
                with pytest.raises(StoreError), each.write_transaction() as connection:
                    connection.exec_driver_sql(failing)
            seconds[0] += 1
            with other.write_transaction():
                pass
        seconds[0] += SERVER_IS_BACK_AFTER
        assert discover(queue, 1, clock) == 1
    assert [line["event"] for line in said] == [
        "the database cannot be written",
        "the database can be written again",
    ]


def test_a_server_that_became_read_only_says_so(database: Database, queue: PostQueue, clock: Clock) -> None:
    with database._engine.connect() as connection:
        connection.exec_driver_sql("SET default_transaction_read_only = on")
        connection.commit()
    with pytest.raises(StoreError, match="can be read but not written") as standby:
        discover(queue, 1, clock)
    assert "primary" in standby.value.remedy
    assert standby.value.temporary


def test_an_error_in_our_sql_is_not_a_store_error(database: Database, queue: PostQueue, clock: Clock) -> None:
    discover(queue, 1, clock)
    with database.read_transaction() as connection:
        row = dict(connection.execute(posts.select()).mappings().one())
    with pytest.raises(IntegrityError), database.write_transaction() as connection:
        connection.execute(posts.insert().values(row))
    assert database.write_error is None


def test_a_read_transaction_sees_one_state(database: Database, queue: PostQueue, clock: Clock) -> None:
    count = text("SELECT count(*) FROM posts")
    with database.read_transaction() as connection:
        assert connection.execute(count).scalar_one() == 0
        thread = threading.Thread(target=discover, args=(queue, 1, clock))
        thread.start()
        thread.join()
        assert connection.execute(count).scalar_one() == 0
    with database.read_transaction() as connection:
        assert connection.execute(count).scalar_one() == 1
