"""PostgreSQL's errors that are not ours, as sentences: what is wrong, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy.exc import DBAPIError

from bot.core.database_location import PostgresUrl
from bot.core.errors import StoreError
from bot.core.single_line import single_line

_CHECK_SERVER = "Check that the server runs and can be reached from this machine: psql '{url}'"
_CHECK_LOGIN = "Check the user in [bot] database, and its password in database_password_file."
_RESTORE = "Stop all nodes, restore the last dump, and run: precis restore --after-pg-restore"
_READ_ONLY = "25006"
_BY_STATE: dict[str, tuple[str, str]] = {
    # SQLSTATE (PostgreSQL's appendix "Error Codes"): (what is wrong, what to do)
    "28000": ("{url} refuses the login", _CHECK_LOGIN),
    "28P01": ("{url} refuses the password", _CHECK_LOGIN),
    "3D000": ("There is no database {url}", "Create it with: createdb NAME"),
    _READ_ONLY: (
        "{url} can be read but not written",
        "It is a standby, or was set to read-only. Use the address of the primary.",
    ),
    "42501": ("The user of {url} has too few rights ({error})", "Let that user own the database."),
    "53100": ("The disk of {url} is full", "Free disk space on the server."),
    "53300": ("{url} has no free connections", "Raise max_connections of the server, or run fewer nodes."),
    "55P03": ("Another program keeps a lock in {url}", "Close that program, or wait until it ends."),
    "42P01": ("{url} is damaged: {error}", _RESTORE),
    "42703": ("{url} is damaged: {error}", _RESTORE),
}
_BY_CLASS: dict[str, tuple[str, str]] = {
    "08": ("The connection to {url} is lost ({error})", _CHECK_SERVER),
    "40": ("{url} could not carry out two changes at once ({error})", "Precis tries again."),
    "53": ("{url} has too few resources ({error})", "Give the server more memory or disk space."),
    "57": ("{url} has ended the connection ({error})", _CHECK_SERVER),
    "58": ("{url} has an error of its machine ({error})", "Check the disk of the server."),
    "XX": ("{url} is damaged: {error}", _RESTORE),
}
_LASTING_STATES = frozenset({"28000", "28P01", "3D000", "42501", "42P01", "42703"})
_BY_TEXT = {
    # While it connects, the driver gives no SQLSTATE. The server's texts are English by default.
    "password authentication failed": "28P01",
    "no password supplied": "28P01",
    "no pg_hba.conf entry": "28000",
    r'role "[^"]*" does not exist': "28000",
    r'database "[^"]*" does not exist': "3D000",
    "too many (clients|connections)|connection slots": "53300",
}
_UNREACHABLE = ("{url} cannot be reached ({error})", _CHECK_SERVER)


def read_only_error(location: PostgresUrl) -> StoreError:
    """The `StoreError` for a server that accepts no writes. A standby may become the primary."""
    what, remedy = _BY_STATE[_READ_ONLY]
    return StoreError(what.format(url=location) + ".", remedy, temporary=True)


def require_valid(location: PostgresUrl) -> None:
    """Raise `StoreError` if libpq cannot read the address."""
    try:
        conninfo_to_dict(location.address)
    except psycopg.ProgrammingError as error:
        raise StoreError(
            f"{location} is not the address of a PostgreSQL database ({single_line(str(error), 200)}).",
            'Use for example: database = "postgresql://precis@db.example/precis"',
        ) from error


@contextmanager
def raise_store_error(location: PostgresUrl) -> Iterator[None]:
    """Raise errors of the server and of its connection as `StoreError`; errors in our own SQL unchanged."""
    try:
        yield
    except DBAPIError as error:
        if isinstance(error.orig, psycopg.Error) and is_caused_by_server(error.orig):
            raise store_error_of(location, error.orig) from error
        raise
    except psycopg.Error as error:
        if is_caused_by_server(error):
            raise store_error_of(location, error) from error
        raise


def is_caused_by_server(error: psycopg.Error) -> bool:
    """False for a statement that is wrong, or that violates a constraint."""
    if error.sqlstate is None:  # the driver's own: about the connection, or about our values
        return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    return error.sqlstate in _BY_STATE or error.sqlstate[:2] in _BY_CLASS


def store_error_of(location: PostgresUrl, error: psycopg.Error) -> StoreError:
    """The `StoreError` for an error of the database at `location`."""
    text = single_line(str(error), 200).rstrip(".")
    state = error.sqlstate or next((state for part, state in _BY_TEXT.items() if re.search(part, text)), "")
    if state in _BY_STATE:
        what, remedy = _BY_STATE[state]
    else:
        what, remedy = _BY_CLASS.get(state[:2], _UNREACHABLE)
    lasting = state in _LASTING_STATES or state.startswith("XX")
    return StoreError(
        what.format(url=location, error=text) + ".", remedy.format(url=location), temporary=not lasting
    )
