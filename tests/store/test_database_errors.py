"""Errors of the machine with a SQLite file: in one sentence, nothing is lost, and the daemon continues."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError
from structlog.testing import capture_logs

from bot.core.errors import StoreError
from bot.core.messages import Message, MessageKind
from bot.core.models import PollResult, Source
from bot.store import Accounts, Database, PostQueue, ReceivedMessages
from bot.store.backups import list_backups, write_backup_when_due
from bot.store.daemon_lock import daemon_lock
from bot.store.post_lookup import all_posts
from bot.store.status_reports import status_report
from bot.store.tables import posts
from tests.conftest import START, Clock, a_post, on_sqlite
from tests.store.conftest import creates_tables

pytestmark = [on_sqlite, creates_tables]

A_MESSAGE = Message("home", "m1", MessageKind.PRIVATE, "alice@lemmy.example", "Hello", START)
SOURCE = Source("home", "news@lemmy.example")


def discover(database: Database, number: int, clock: Clock) -> int:
    return PostQueue(database).discover(SOURCE, PollResult((a_post(number),), "c"), clock())


def known(database: Database) -> int:
    with database.read_transaction() as connection:
        return len(connection.execute(posts.select()).all())


def pragma(database: Database, statement: str) -> None:
    """Run a pragma on every connection that the database opens from now on."""
    database._engine.dispose()
    with database._engine.connect() as connection:
        connection.exec_driver_sql(statement)


def test_a_full_disk_is_logged_once_and_its_end_too(database: Database, clock: Clock) -> None:
    assert discover(database, 1, clock) == 1
    with database.read_transaction() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    with capture_logs() as said:
        with database._engine.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        for number in range(2, 60):
            try:
                discover(database, number, clock)
            except StoreError as error:
                full = error
        assert "disk is full" in full.message
        assert str(database.path) in full.message
        assert "Free disk space" in full.remedy
        assert database.write_error is full
        kept = known(database)
        with database._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 100000")
        assert discover(database, 100, clock) == 1
    assert known(database) == kept + 1
    assert database.write_error is None
    assert [line["event"] for line in said] == [
        "the database cannot be written",
        "the database can be written again",
    ]


def test_a_database_that_cannot_be_written(database: Database, clock: Clock) -> None:
    with database._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
    with pytest.raises(StoreError, match="can be read but not written") as caught:
        discover(database, 1, clock)
    assert "writable" in caught.value.remedy
    assert known(database) == 0


def test_a_database_that_is_locked_by_another_program(database: Database, clock: Clock) -> None:
    with database._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 10")
    other = sqlite3.connect(database.path)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match=r"keeps .+ locked"):
        discover(database, 1, clock)
    other.rollback()
    other.close()
    assert discover(database, 1, clock) == 1


def test_a_token_that_cannot_be_saved_raises_nothing(database: Database) -> None:
    with database._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
    Accounts(database).save("home", "token")
    assert database.write_error is not None


def test_a_damaged_file_is_reported_with_its_remedy(database: Database, clock: Clock) -> None:
    for number in range(200):
        discover(database, number, clock)
    database.close()
    data = bytearray(database.path.read_bytes())
    data[4096:] = bytes(b ^ 0xA5 for b in data[4096:])
    database.path.write_bytes(data)
    with pytest.raises(StoreError, match="damaged") as caught:
        Database(database.path, clock())
    assert "precis restore" in caught.value.remedy
    assert "\n" not in caught.value.message


def test_a_file_that_is_not_a_database(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "notes.db"
    path.write_text("milk, eggs, flour, and so on and so forth" * 100)
    with pytest.raises(StoreError, match="is not a database"):
        Database(path, clock())


def damaged(database: Database, clock: Clock, statement: str) -> Database:
    """A database with one post and one message, after a statement of another program."""
    discover(database, 1, clock)
    ReceivedMessages(database).add(A_MESSAGE, clock())
    with closing(sqlite3.connect(database.path)) as connection, connection:
        connection.execute(statement)
    return database


DAMAGES = {
    "a dropped table": "DROP TABLE posts",
    "a dropped column": "ALTER TABLE posts DROP COLUMN sends",
    "broken JSON": "UPDATE posts SET content = '{\"title\": '",
    "JSON of another shape": "UPDATE posts SET content = '[1, 2]'",
    "JSON with missing fields": "UPDATE posts SET content = '{}'",
    "a broken time": "UPDATE posts SET due_at = 'yesterday', published = 'yesterday'",
    "bytes that are not text": "UPDATE posts SET error = CAST(x'ff' AS TEXT)",
}


@pytest.mark.parametrize("statement", DAMAGES.values(), ids=DAMAGES)
def test_damage_inside_the_file_says_how_to_restore_it(
    database: Database, clock: Clock, statement: str
) -> None:
    damaged(database, clock, statement)
    with capture_logs() as said:
        for _ in range(2):
            with pytest.raises(StoreError, match="damaged") as caught:
                read_everything(database, clock)
    assert "precis restore" in caught.value.remedy
    assert not caught.value.temporary  # exit code 1: a restart does not help
    assert len(said) == 1
    assert said[0]["log_level"] == "error"


def read_everything(database: Database, clock: Clock) -> None:
    """What the daemon, the status page and `precis posts` read."""
    PostQueue(database).claim(clock(), 1, timedelta(minutes=1))
    status_report(database)
    with database.read_transaction() as connection:
        for row in connection.execute(posts.select()).all():
            assert row
    all_posts(database)


def test_a_damaged_message_says_how_to_restore_it(database: Database, clock: Clock) -> None:
    damaged(database, clock, "UPDATE received_messages SET content = '{\"via\": 7}'")
    with pytest.raises(StoreError, match="damaged"):
        ReceivedMessages(database).next_new("home", clock())


@pytest.mark.parametrize(
    "statement", ["DELETE FROM alembic_version", "DROP TABLE alembic_version"], ids=["no row", "no table"]
)
def test_a_lost_version_is_damage(database: Database, clock: Clock, statement: str) -> None:
    damaged(database, clock, statement)
    with pytest.raises(StoreError, match="damaged") as caught:
        Database(database.path, clock())
    assert "precis restore" in caught.value.remedy


@pytest.mark.parametrize(
    "statement",
    [
        text
        for name, text in DAMAGES.items()
        if "shape" not in name and "fields" not in name and "bytes" not in name
    ],
)
def test_no_damaged_database_becomes_a_backup(database: Database, clock: Clock, statement: str) -> None:
    """`precis restore` would restore the damage."""
    good = write_backup_when_due(database.path, clock())
    damaged(database, clock, statement)
    with pytest.raises(StoreError) as caught:
        write_backup_when_due(database.path, clock() + timedelta(days=2))
    assert str(database.path) in caught.value.message
    assert "precis restore" in caught.value.remedy
    assert list_backups(database.path) == [good]


def test_an_error_in_our_sql_is_not_a_store_error(database: Database, clock: Clock) -> None:
    discover(database, 1, clock)
    with database.read_transaction() as connection:
        row = dict(connection.execute(posts.select()).mappings().one())
    with pytest.raises(IntegrityError), database.write_transaction() as connection:
        connection.execute(posts.insert().values(row))
    assert database.write_error is None


def test_only_the_owner_can_read_the_tokens(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "precis.db"
    path.touch(mode=0o644)
    path.chmod(0o644)
    database = Database(path, clock())
    Accounts(database).save("home", "token")
    assert {file.name: file.stat().st_mode & 0o077 for file in tmp_path.glob("precis.db*")} == {
        "precis.db": 0,
        "precis.db-wal": 0,
        "precis.db-shm": 0,
    }
    database.close()


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_every_file_is_for_its_owner_only_whatever_the_umask(
    tmp_path: Path, clock: Clock, umask: int
) -> None:
    path = tmp_path / "precis.db"
    before = os.umask(umask)
    try:
        with daemon_lock(path), closing(Database(path, clock())) as database:
            Accounts(database).save("home", "token")
            write_backup_when_due(path, clock())
            found = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert set(found.values()) == {0o600}
    assert len(found) == 5, found


def test_files_that_others_could_use_are_closed(tmp_path: Path, clock: Clock) -> None:
    path, lock = tmp_path / "precis.db", tmp_path / "precis.db.lock"
    for file in (path, lock):
        file.touch()
        file.chmod(0o622)
    with daemon_lock(path), closing(Database(path, clock())):
        assert {file.stat().st_mode & 0o777 for file in (path, lock)} == {0o600}


def test_a_new_or_restored_database_records_its_creation(database: Database, clock: Clock) -> None:
    later = clock() + timedelta(hours=1)
    database.set_created_at(later)
    assert database.created_at() == later
