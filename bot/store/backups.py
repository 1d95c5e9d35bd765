"""Copies of the database: whole ones while it is written, checked before they count as good.

SQLite's online backup API (sqlite.org/backup.html) makes them; a file that is merely copied while a
daemon writes is damaged. They stand beside the database as `precis.db.2026-03-01T120000.copy`.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from bot.core.errors import StoreError
from bot.store.database_errors import store_error_of

BACKUP_INTERVAL = timedelta(hours=24)
BACKUPS_KEPT = 3
_STAMP = "%Y-%m-%dT%H%M%S"


def list_backups(database: Path) -> list[Path]:
    """The copies that Precis made of this database by itself, newest first."""
    return sorted(database.parent.glob(f"{database.name}.*.copy"), reverse=True)


def write_backup_when_due(database: Path, now: datetime) -> Path | None:
    """Make a good copy if the newest is a day old, and drop all but a few; raises `StoreError`."""
    newest = next(iter(list_backups(database)), None)
    if newest is not None and timedelta(0) <= now - _made(newest, database) < BACKUP_INTERVAL:
        return None
    target = database.with_name(f"{database.name}.{now.strftime(_STAMP)}.copy")
    write_backup(database, target)
    for old in list_backups(database)[BACKUPS_KEPT:]:
        old.unlink(missing_ok=True)
    return target


def write_backup(database: Path, target: Path) -> None:
    """A checked copy at `target`, replacing what is there only once it is good; raises `StoreError`.

    A damaged database raises, and leaves earlier copies alone.
    """
    unfinished = target.with_name(f"{target.name}.unfinished")
    try:
        unfinished.unlink(missing_ok=True)
        unfinished.touch(mode=0o600)  # it holds the accounts' tokens
        _copy(database, unfinished)
        verify_backup(unfinished)
        unfinished.replace(target)
    except OSError as error:
        raise _cannot(target, error) from error
    except sqlite3.Error as error:
        raise store_error_of(database, error) from error
    finally:
        unfinished.unlink(missing_ok=True)


def verify_backup(path: Path) -> None:
    """Raises `StoreError` unless the file is a whole database with our tables in it."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if verdict != "ok":
                raise StoreError(f"{path} is damaged: {verdict}.", "Take an older copy.")
            connection.execute("SELECT count(*) FROM posts").fetchone()
    except sqlite3.Error as error:
        raise StoreError(f"{path} is no database of Precis: {error}.", "Name another copy.") from error


def restore_backup(copy: Path, database: Path) -> Path | None:
    """Put a good copy in the place of the database; where the earlier file now lies, if there was one.

    The caller holds the daemon's lock. Raises `StoreError`, and then has changed nothing.
    """
    verify_backup(copy)
    aside = _unused(database.with_name(f"{database.name}.damaged"))
    fresh = database.with_name(f"{database.name}.restoring")
    write_backup(copy, fresh)
    try:
        had = database.exists()
        for suffix in ("-wal", "-shm"):  # they belong to the file that goes away
            if (beside := Path(f"{database}{suffix}")).exists():
                beside.replace(f"{aside}{suffix}")
        if had:
            database.replace(aside)
        fresh.replace(database)
    except OSError as error:
        raise _cannot(database, error) from error
    return aside if had else None


def refuse_lost_database(database: Path) -> None:
    """Raises `StoreError` for a lost database with copies beside it: who opted out stands in them."""
    lost = not database.exists() or database.stat().st_size == 0
    if lost and list_backups(database):
        raise StoreError(
            f"{database} is gone or empty, but copies of it lie beside it.",
            "Run: precis restore. To begin anew instead, move the copies away.",
        )


def _unused(path: Path) -> Path:
    names = (path if number == 1 else path.with_name(f"{path.name}.{number}") for number in count(1))
    return next(each for each in names if not each.exists())


def _copy(database: Path, target: Path) -> None:
    source = sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True, timeout=5)
    with closing(source), closing(sqlite3.connect(target)) as to:
        source.backup(to)
        to.execute("PRAGMA journal_mode = DELETE").fetchone()  # one file, whole in itself


def _made(copy: Path, database: Path) -> datetime:
    stamp = copy.name.removeprefix(f"{database.name}.").removesuffix(".copy")
    try:
        return datetime.strptime(f"{stamp}+0000", f"{_STAMP}%z")
    except ValueError:
        return datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def _cannot(path: Path, error: OSError) -> StoreError:
    return StoreError(f"Cannot write {path}: {error.strerror or error}.", "Make room, or name another place.")
