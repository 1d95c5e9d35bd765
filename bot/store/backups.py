"""Backups of the database, made while it is in use and verified before they count as good.

SQLite's online backup API (sqlite.org/backup.html) makes them. A plain file copy that is made while a
daemon writes is damaged. Backups are stored beside the database as `precis.db.2026-03-01T120000.copy`.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from bot.core.errors import StoreError
from bot.store.database_errors import os_store_error, store_error_of

BACKUP_INTERVAL = timedelta(hours=24)
BACKUPS_KEPT = 3
_TIMESTAMP = "%Y-%m-%dT%H%M%S"


def list_backups(database: Path) -> list[Path]:
    """The automatic backups of this database, newest first."""
    return sorted(database.parent.glob(f"{database.name}.*.copy"), reverse=True)


def write_backup_when_due(database: Path, now: datetime) -> Path | None:
    """Make a backup if the newest is a day old, and delete all but the last few; raises `StoreError`."""
    newest = next(iter(list_backups(database)), None)
    if newest is not None and timedelta(0) <= now - _created_at(newest, database) < BACKUP_INTERVAL:
        return None
    target = database.with_name(f"{database.name}.{now.strftime(_TIMESTAMP)}.copy")
    write_backup(database, target)
    for old in list_backups(database)[BACKUPS_KEPT:]:
        old.unlink(missing_ok=True)
    return target


def write_backup(database: Path, target: Path) -> None:
    """Write a verified backup to `target`; raises `StoreError`.

    An existing file at `target` is replaced only by a good backup: a damaged database raises and
    leaves earlier backups alone.
    """
    unfinished = target.with_name(f"{target.name}.unfinished")
    try:
        unfinished.unlink(missing_ok=True)
        unfinished.touch(mode=0o600)  # it contains the accounts' tokens
        _copy(database, unfinished)
        verify_backup(unfinished)
        unfinished.replace(target)
    except OSError as error:
        raise _write_error(target, error) from error
    except sqlite3.Error as error:
        raise store_error_of(database, error) from error
    finally:
        unfinished.unlink(missing_ok=True)


def verify_backup(path: Path) -> None:
    """Raise `StoreError` unless the file is an undamaged database with our tables."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            (result,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if result != "ok":
                raise StoreError(f"{path} is damaged: {result}.", "Use an older backup.")
            connection.execute("SELECT count(*) FROM posts").fetchone()
    except sqlite3.Error as error:
        raise StoreError(f"{path} is not a Precis database: {error}.", "Use another backup.") from error


def restore_backup(backup: Path, database: Path) -> Path | None:
    """Replace the database with a verified backup; return the new path of the old file, if there was one.

    The caller must hold the daemon's lock. Raises `StoreError`, and has then changed nothing.
    """
    verify_backup(backup)
    aside = _unused(database.with_name(f"{database.name}.damaged"))
    fresh = database.with_name(f"{database.name}.restoring")
    write_backup(backup, fresh)
    try:
        existed = database.exists()
        for suffix in ("-wal", "-shm"):  # they belong to the old file
            if (beside := Path(f"{database}{suffix}")).exists():
                beside.replace(f"{aside}{suffix}")
        if existed:
            database.replace(aside)
        fresh.replace(database)
    except OSError as error:
        raise _write_error(database, error) from error
    return aside if existed else None


def refuse_lost_database(database: Path) -> None:
    """Raise `StoreError` for a lost database with backups beside it, because they contain the opt-outs."""
    lost = not database.exists() or database.stat().st_size == 0
    if lost and list_backups(database):
        raise StoreError(
            f"{database} is missing or empty, but there are backups beside it.",
            "Run: precis restore. To start with an empty database instead, move the backups away.",
        )


def _unused(path: Path) -> Path:
    names = (path if number == 1 else path.with_name(f"{path.name}.{number}") for number in count(1))
    return next(name for name in names if not name.exists())


def _copy(database: Path, target: Path) -> None:
    source = sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True, timeout=5)
    with closing(source), closing(sqlite3.connect(target)) as to:
        source.backup(to)
        to.execute("PRAGMA journal_mode = DELETE").fetchone()  # so that the backup is a single file


def _created_at(backup: Path, database: Path) -> datetime:
    timestamp = backup.name.removeprefix(f"{database.name}.").removesuffix(".copy")
    try:
        return datetime.strptime(f"{timestamp}+0000", f"{_TIMESTAMP}%z")
    except ValueError:
        return datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def _write_error(path: Path, error: OSError) -> StoreError:
    return os_store_error(f"Cannot write {path}", error)
