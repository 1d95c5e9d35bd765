"""SQLite's errors that the machine causes, as sentences: what is wrong, and what to do about it."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.core.errors import StoreError
from bot.core.single_line import single_line

_FREE_SPACE = "Free disk space."
_MAKE_WRITABLE = "Make the file and its folder writable for the user that runs Precis."
_CREATE_FOLDER = "Create its folder, or use another one."
RESTORE = "Stop Precis and run: precis restore (it restores the last good backup; nothing is posted twice)"
_MESSAGES: dict[int, tuple[str, str]] = {
    # primary result code (sqlite.org/rescode.html): (what is wrong, what to do)
    sqlite3.SQLITE_FULL: ("The disk is full: {path} cannot be written", _FREE_SPACE),
    sqlite3.SQLITE_READONLY: ("{path} can be read but not written", _MAKE_WRITABLE),
    sqlite3.SQLITE_BUSY: ("Another program keeps {path} locked", "Close that program."),
    sqlite3.SQLITE_LOCKED: ("Another program keeps {path} locked", "Close that program."),
    sqlite3.SQLITE_IOERR: (
        "{path} cannot be read or written ({error})",
        "Check whether its disk is full or failing.",
    ),
    sqlite3.SQLITE_CORRUPT: ("{path} is damaged", RESTORE),
    sqlite3.SQLITE_NOTADB: ("{path} is damaged or is not a database", RESTORE),
}
_OTHER = (
    "{path} cannot be used as the database: {error}",
    "Check that its folder exists and is writable. To replace a damaged file, run: precis restore",
)
_LASTING = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
"""What does not pass by itself. Everything else can: a disk gets space, a lock ends, a folder is mounted."""
_DAMAGE_SIGNS = (
    *("no such table", "no such column", "already exists"),
    *("malformed JSON", "Could not decode to UTF-8"),
)
_REMEDIES_BY_ERRNO = {
    errno.ENOSPC: _FREE_SPACE,
    errno.EDQUOT: _FREE_SPACE,
    errno.EROFS: _MAKE_WRITABLE,
    errno.EACCES: _MAKE_WRITABLE,
    errno.EPERM: _MAKE_WRITABLE,
    errno.ENOENT: _CREATE_FOLDER,
    errno.ENOTDIR: _CREATE_FOLDER,
}


@contextmanager
def raise_store_error(path: Path) -> Iterator[None]:
    """Raise errors of the machine as `StoreError`; errors in our own SQL are raised unchanged."""
    try:
        yield
    except Exception as error:
        found = getattr(error, "orig", error)  # an error of SQLAlchemy has that of the driver
        if isinstance(found, sqlite3.Error) and _is_caused_by_machine(found):
            raise store_error_of(path, found) from error
        raise


def store_error_of(path: Path, error: Exception) -> StoreError:
    """The `StoreError` for an error of the database at `path`."""
    if isinstance(error, OSError):
        return os_store_error(f"{path} cannot be used as the database", error)
    if _is_damage(error):
        return damage_error(path, error)
    code = _result_code(error)
    what, remedy = _MESSAGES.get(code, _OTHER)
    text = str(error).strip().rstrip(".") or type(error).__name__
    return StoreError(what.format(path=path, error=text) + ".", remedy, temporary=code not in _LASTING)


def os_store_error(what: str, error: OSError) -> StoreError:
    """The `StoreError` for an error of the operating system; `what` says what failed."""
    text = (error.strerror or str(error)).strip().rstrip(".") or type(error).__name__
    remedy = _REMEDIES_BY_ERRNO.get(error.errno or 0, "Check its folder and its disk.")
    return StoreError(f"{what}: {text}.", remedy, temporary=True)


def damage_error(database: Path | str, what: object) -> StoreError:
    """The `StoreError` for a database whose content cannot be read."""
    return StoreError(f"{database} is damaged: {single_line(str(what), 200)}.", RESTORE)


UNREADABLE = (AttributeError, KeyError, TypeError, ValueError)
"""What the conversion of a damaged value raises."""


@contextmanager
def stored_value(what: str) -> Iterator[None]:
    """Raise a `StoreError` if a value of the database cannot be converted in this block."""
    try:
        yield
    except UNREADABLE as error:
        raise unreadable_value(what, error) from error


def unreadable_value(what: str, error: Exception) -> StoreError:
    return damage_error("The database", f"{what} cannot be read ({error})")


def _is_caused_by_machine(error: sqlite3.Error) -> bool:
    """False for a statement that is wrong (SQLITE_ERROR) or violates a constraint."""
    if _is_damage(error):
        return True
    own = {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISUSE, -1}
    return _result_code(error) not in own


def _is_damage(error: Exception) -> bool:
    """Whether the database lacks what every database of ours has: our statements were tested with that.

    SQLite has no result code for this.
    """
    return isinstance(error, sqlite3.OperationalError) and any(sign in str(error) for sign in _DAMAGE_SIGNS)


def _result_code(error: Exception) -> int:
    """SQLite's primary result code, or -1."""
    code = getattr(error, "sqlite_errorcode", -1)
    return int(code) & 0xFF if code >= 0 else -1
