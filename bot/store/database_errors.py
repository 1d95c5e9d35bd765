"""What SQLite says of a machine in trouble, in words: what is wrong, and what to do about it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from bot.core.errors import StoreError

_BY_ITSELF = "Precis keeps what it has and goes on by itself."
_WORDS: dict[int, tuple[str, str]] = {
    # primary result code (sqlite.org/rescode.html): (what is wrong, what to do)
    sqlite3.SQLITE_FULL: ("The disk is full: {path} cannot be written", f"Make room. {_BY_ITSELF}"),
    sqlite3.SQLITE_READONLY: (
        "{path} can be read but not written",
        f"Make the file and its folder writable for the user that runs Precis. {_BY_ITSELF}",
    ),
    sqlite3.SQLITE_BUSY: ("Another program keeps {path} locked", f"Close that program. {_BY_ITSELF}"),
    sqlite3.SQLITE_LOCKED: ("Another program keeps {path} locked", f"Close that program. {_BY_ITSELF}"),
    sqlite3.SQLITE_IOERR: (
        "{path} cannot be read or written ({error})",
        f"See whether its disk is full or failing. {_BY_ITSELF}",
    ),
    sqlite3.SQLITE_CORRUPT: (
        "{path} is damaged",
        "Stop Precis and run: precis restore (it takes the last good copy; nothing is posted twice)",
    ),
    sqlite3.SQLITE_NOTADB: (
        "{path} is damaged, or no database at all",
        "Stop Precis and run: precis restore (it takes the last good copy; nothing is posted twice)",
    ),
}
_OTHER = (
    "{path} cannot be used as the database: {error}",
    "See that its folder exists and is writable. A damaged file is replaced by: precis restore",
)


@contextmanager
def raise_store_error(path: Path) -> Iterator[None]:
    """Raise what is the machine's fault as `StoreError`; a mistake in our own SQL stays what it is."""
    try:
        yield
    except DatabaseError as error:
        if isinstance(error.orig, sqlite3.Error) and _of_the_machine(error.orig):
            raise store_error_of(path, error.orig) from error
        raise
    except sqlite3.Error as error:
        if _of_the_machine(error):
            raise store_error_of(path, error) from error
        raise


def store_error_of(path: Path, error: Exception) -> StoreError:
    """The sentence for what went wrong with the database at `path`."""
    what, remedy = _WORDS.get(_code(error), _OTHER)
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    text = said.strip().rstrip(".") or type(error).__name__
    return StoreError(what.format(path=path, error=text) + ".", remedy)


def _of_the_machine(error: sqlite3.Error) -> bool:
    """Not a statement that is wrong (SQLITE_ERROR) or breaks a constraint."""
    return _code(error) not in {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISUSE, -1}


def _code(error: Exception) -> int:
    """SQLite's primary result code, or -1."""
    code = getattr(error, "sqlite_errorcode", -1)
    return int(code) & 0xFF if code >= 0 else -1
