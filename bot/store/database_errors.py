"""SQLite's errors that the machine causes, as sentences: what is wrong, and what to do about it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from bot.core.errors import StoreError

_RESUMES = "Precis keeps its data and continues by itself."
_MESSAGES: dict[int, tuple[str, str]] = {
    # primary result code (sqlite.org/rescode.html): (what is wrong, what to do)
    sqlite3.SQLITE_FULL: ("The disk is full: {path} cannot be written", f"Free disk space. {_RESUMES}"),
    sqlite3.SQLITE_READONLY: (
        "{path} can be read but not written",
        f"Make the file and its folder writable for the user that runs Precis. {_RESUMES}",
    ),
    sqlite3.SQLITE_BUSY: ("Another program keeps {path} locked", f"Close that program. {_RESUMES}"),
    sqlite3.SQLITE_LOCKED: ("Another program keeps {path} locked", f"Close that program. {_RESUMES}"),
    sqlite3.SQLITE_IOERR: (
        "{path} cannot be read or written ({error})",
        f"Check whether its disk is full or failing. {_RESUMES}",
    ),
    sqlite3.SQLITE_CORRUPT: (
        "{path} is damaged",
        "Stop Precis and run: precis restore (it restores the last good backup; nothing is posted twice)",
    ),
    sqlite3.SQLITE_NOTADB: (
        "{path} is damaged or is not a database",
        "Stop Precis and run: precis restore (it restores the last good backup; nothing is posted twice)",
    ),
}
_OTHER = (
    "{path} cannot be used as the database: {error}",
    "Check that its folder exists and is writable. To replace a damaged file, run: precis restore",
)


@contextmanager
def raise_store_error(path: Path) -> Iterator[None]:
    """Raise errors of the machine as `StoreError`; errors in our own SQL are raised unchanged."""
    try:
        yield
    except DatabaseError as error:
        if isinstance(error.orig, sqlite3.Error) and _is_caused_by_machine(error.orig):
            raise store_error_of(path, error.orig) from error
        raise
    except sqlite3.Error as error:
        if _is_caused_by_machine(error):
            raise store_error_of(path, error) from error
        raise


def store_error_of(path: Path, error: Exception) -> StoreError:
    """The `StoreError` for an error of the database at `path`."""
    what, remedy = _MESSAGES.get(_result_code(error), _OTHER)
    message = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    text = message.strip().rstrip(".") or type(error).__name__
    return StoreError(what.format(path=path, error=text) + ".", remedy)


def _is_caused_by_machine(error: sqlite3.Error) -> bool:
    """False for a statement that is wrong (SQLITE_ERROR) or violates a constraint."""
    own = {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISUSE, -1}
    return _result_code(error) not in own


def _result_code(error: Exception) -> int:
    """SQLite's primary result code, or -1."""
    code = getattr(error, "sqlite_errorcode", -1)
    return int(code) & 0xFF if code >= 0 else -1
