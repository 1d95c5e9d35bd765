"""When a daemon that uses the database started and was last alive: shows at the next start how it ended."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection, delete, select

from bot.store.database import Database
from bot.store.dialects import insert
from bot.store.tables import meta

_STARTED, _ALIVE = "daemon started", "daemon alive"


class KilledRun(Struct, frozen=True):
    """A run of the daemon that did not stop by itself: it was killed, or the machine went down."""

    started_at: datetime
    last_alive_at: datetime


class ProcessMarks:
    """Every method is one transaction; times are aware and in UTC."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def start(self, now: datetime) -> KilledRun | None:
        """Record the start of the daemon; return the previous run if it was killed."""
        with self._database.write_transaction() as connection:
            started, alive = _read(connection, _STARTED), last_alive_at(connection)
            _write(connection, _STARTED, now)
            _write(connection, _ALIVE, now)
        return None if started is None else KilledRun(started, alive or started)

    def record_alive(self, now: datetime) -> None:
        """Record that the daemon runs."""
        with self._database.write_transaction() as connection:
            _write(connection, _ALIVE, now)

    def stop(self) -> None:
        """Record that the daemon stopped by itself."""
        with self._database.write_transaction() as connection:
            connection.execute(delete(meta).where(meta.c.name == _STARTED))


def last_alive_at(connection: Connection) -> datetime | None:
    """When a daemon was last alive, by its clock; None for never."""
    return _read(connection, _ALIVE)


def correct_last_alive(connection: Connection, now: datetime) -> None:
    """Replace a time in the future, which a clock that was ahead has recorded."""
    alive = last_alive_at(connection)
    if alive is not None and alive > now:
        _write(connection, _ALIVE, now)


def _read(connection: Connection, name: str) -> datetime | None:
    return connection.execute(select(meta.c.time).where(meta.c.name == name)).scalar_one_or_none()


def _write(connection: Connection, name: str, time: datetime) -> None:
    statement = insert(meta).values(name=name, time=time)
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"time": time}))
