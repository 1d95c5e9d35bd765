"""Backups of the database: made during writes, verified, and restored."""

from __future__ import annotations

import os
import sqlite3
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command

from bot.core.errors import StoreError
from bot.core.models import PollResult, Source
from bot.store import Database, PostQueue, schema_version
from bot.store.backups import (
    BACKUPS_KEPT,
    list_backups,
    restore_backup,
    verify_backup,
    write_backup,
    write_backup_when_due,
)
from tests.conftest import START, Clock, a_post, on_sqlite
from tests.store.conftest import creates_tables

pytestmark = [on_sqlite, creates_tables]

SOURCE = Source("home", "news@lemmy.example")


def fill(database: Database, numbers: range) -> None:
    for number in numbers:
        PostQueue(database).discover(SOURCE, PollResult((a_post(number),), f"{number}"), START)


def rows(path: Path) -> int:
    connection = sqlite3.connect(path)
    (count,) = connection.execute("SELECT count(*) FROM posts").fetchone()
    connection.close()
    return int(count)


def damage(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[100:] = os.urandom(len(data) - 100)
    path.write_bytes(data)


def test_a_backup_made_during_writes_is_complete(database: Database, tmp_path: Path) -> None:
    fill(database, range(50))
    done = threading.Event()

    def write() -> None:
        number = 1000
        while not done.is_set():
            fill(database, range(number, number + 1))
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(5):
            write_backup(database.path, tmp_path / "copy.db")
            verify_backup(tmp_path / "copy.db")
    finally:
        done.set()
        writer.join()
    assert rows(tmp_path / "copy.db") >= 50
    assert (tmp_path / "copy.db").stat().st_mode & 0o077 == 0
    assert not list(tmp_path.glob("*.unfinished"))


def test_there_is_one_backup_a_day_and_only_the_last_few_are_kept(database: Database, clock: Clock) -> None:
    made = []
    for _ in range(24 * 6):
        made.append(write_backup_when_due(database.path, clock()))
        clock.advance(3600)
    assert sum(copy is not None for copy in made) == 6
    kept = list_backups(database.path)
    assert len(kept) == BACKUPS_KEPT
    assert kept == sorted((copy for copy in made if copy), reverse=True)[:BACKUPS_KEPT]


def test_a_clock_that_was_set_back_causes_a_single_backup(database: Database, clock: Clock) -> None:
    write_backup_when_due(database.path, clock() + timedelta(days=400))
    assert write_backup_when_due(database.path, clock()) is not None
    assert len(list_backups(database.path)) == 2


def test_a_damaged_database_never_replaces_a_good_backup(database: Database, clock: Clock) -> None:
    fill(database, range(300))
    good = write_backup_when_due(database.path, clock())
    assert good is not None
    database.close()
    damage(database.path)
    clock.advance(100_000)
    with pytest.raises(StoreError, match="damaged"):
        write_backup_when_due(database.path, clock())
    assert list_backups(database.path) == [good]
    assert rows(good) == 300


def test_a_backup_that_cannot_be_written_leaves_no_file(database: Database, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="Cannot write"):
        write_backup(database.path, tmp_path / "no such folder" / "copy.db")
    assert sorted(path.name for path in tmp_path.iterdir() if "copy" in path.name) == []


@pytest.mark.parametrize("lost", [True, False])
def test_a_lost_database_with_backups_is_not_created_again(
    database: Database, clock: Clock, lost: bool
) -> None:
    good = write_backup_when_due(database.path, clock())
    assert good is not None
    database.close()
    for path in database.path.parent.glob("precis.db*"):
        if path != good:
            path.unlink()
    if not lost:
        database.path.touch()
    with pytest.raises(StoreError, match="missing or empty") as caught:
        Database(database.path, clock())
    assert "precis restore" in caught.value.remedy
    restore_backup(good, database.path)
    Database(database.path, clock()).close()


def test_every_replaced_file_is_kept(database: Database, clock: Clock, tmp_path: Path) -> None:
    copy = tmp_path / "good"
    write_backup(database.path, copy)
    database.close()
    aside = [restore_backup(copy, database.path) for _ in range(3)]
    assert len({path for path in aside if path is not None and path.exists()}) == 3


def test_a_damaged_database_is_restored(database: Database, clock: Clock, tmp_path: Path) -> None:
    fill(database, range(10))
    copy = tmp_path / "good"
    write_backup(database.path, copy)
    fill(database, range(10, 20))
    database.close()
    damage(database.path)
    aside = restore_backup(copy, database.path)
    assert aside is not None
    assert aside.exists()
    assert rows(database.path) == 10
    again = Database(database.path, clock())
    fill(again, range(10, 12))
    again.close()
    assert rows(database.path) == 12


def test_a_bad_backup_changes_nothing(database: Database, tmp_path: Path) -> None:
    fill(database, range(3))
    bad = tmp_path / "bad"
    bad.write_bytes(b"not a database" * 1000)
    with pytest.raises(StoreError, match="not a Precis database"):
        restore_backup(bad, database.path)
    assert rows(database.path) == 3


def test_a_database_is_backed_up_before_an_upgrade(database: Database, clock: Clock) -> None:
    fill(database, range(4))
    with database.write_transaction() as connection:
        command.downgrade(schema_version.alembic_config(connection), "0002")
    database.close()
    Database(database.path, clock()).close()
    (kept,) = database.path.parent.glob("*.version-0002.backup")
    assert rows(kept) == 4
