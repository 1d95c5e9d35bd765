"""What the nodes of a cluster share about the hosts of pages: pauses between two pages, and robots.txt.

All times are the database's, because the nodes' clocks differ. These statements run on PostgreSQL only, in
tables that are not logged: a commit does not wait for the disk, and after a crash they are empty.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Float,
    Interval,
    bindparam,
    cast,
    delete,
    extract,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import insert

from bot.store.column_types import UtcDateTime
from bot.store.database import Database
from bot.store.tables import host_pauses, robots_files

MAX_ROBOTS_TEXT = 50_000
"""Characters of a robots.txt that is shared. Each node fetches a longer one itself."""
MAX_ROBOTS_FILES = 5_000
_NOW = func.timezone("UTC", func.clock_timestamp(), type_=UtcDateTime)
"""Not the time at which the transaction began, because it may have waited for a row since then."""
_SECOND = func.make_interval(0, 0, 0, 0, 0, 0, 1, type_=Interval)


def _from_now(seconds: str) -> Any:
    return _NOW + bindparam(seconds, type_=Float) * _SECOND


def _seconds_until(time: Any) -> Any:
    return cast(extract("epoch", time - _NOW), Float).label("seconds")


_pauses, _files = host_pauses.c, robots_files.c
_new_pause = insert(host_pauses).values(host=bindparam("of_host"), next_at=_from_now("seconds"))
_START = _new_pause.on_conflict_do_update(
    index_elements=["host"], set_={"next_at": _new_pause.excluded.next_at}, where=_pauses.next_at <= _NOW
).returning(_pauses.host)
_PAUSE = _new_pause.on_conflict_do_update(
    index_elements=["host"],
    set_={"next_at": func.greatest(_pauses.next_at, _new_pause.excluded.next_at)},
)
_WAIT = select(_seconds_until(_pauses.next_at)).where(_pauses.host == bindparam("of_host"))
_FORGET = delete(host_pauses).where(_pauses.next_at <= _NOW)
_FIND = select(_files.text, _seconds_until(_files.valid_until)).where(
    _files.origin == bindparam("of_origin"), _files.valid_until > _NOW
)
_new_file = insert(robots_files).values(
    origin=bindparam("of_origin"), text=bindparam("new_text"), valid_until=_from_now("seconds")
)
_SAVE = _new_file.on_conflict_do_update(
    index_elements=["origin"],
    set_={"text": _new_file.excluded.text, "valid_until": _new_file.excluded.valid_until},
)
_first_too_many = (
    select(_files.valid_until).order_by(_files.valid_until.desc()).limit(1).offset(bindparam("most"))
)
_too_many = (
    select(_files.origin)
    .where(_files.valid_until <= _first_too_many.scalar_subquery())
    .with_for_update(skip_locked=True)  # two nodes that save at the same time must not wait for each other
)
_TRIM = delete(robots_files).where(_files.origin.in_(_too_many))
_FORGET_FILES = delete(robots_files).where(_files.valid_until <= _NOW)


class HostPauses:
    """Implements `bot.fetch.shared_hosts.HostPauses`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def start(self, host: str, pause: float) -> float:
        """Start to fetch a page, and let the next start wait `pause` seconds.

        Returns 0, or how many seconds this one has to wait.
        """
        if self._database.write_one(_START, of_host=host, seconds=pause) is not None:
            return 0.0
        found = self._database.first(_WAIT, of_host=host)
        return 0.001 if found is None else max(0.001, found.seconds)

    def pause(self, host: str, seconds: float) -> None:
        """Let the next page wait so long from now on, or longer if it has to anyway."""
        with self._database.write_statement() as connection:
            connection.execute(_PAUSE, {"of_host": host, "seconds": seconds})


class RobotsFiles:
    """Implements `bot.fetch.shared_hosts.RobotsFiles`."""

    def __init__(self, database: Database, max_files: int = MAX_ROBOTS_FILES) -> None:
        self._database = database
        self._max_files = max_files

    def find(self, origin: str) -> tuple[str, float] | None:
        """The text, and for how many seconds it is valid; None if no node has fetched it recently."""
        row = self._database.first(_FIND, of_origin=origin)
        return None if row is None else (row.text, row.seconds)

    def save(self, origin: str, text: str, seconds: float) -> None:
        """Share a text for so long, unless it is too long. The oldest ones give way."""
        if len(text) > MAX_ROBOTS_TEXT:
            return
        with self._database.write_transaction() as connection:
            connection.execute(_SAVE, {"of_origin": origin, "new_text": text, "seconds": seconds})
            connection.execute(_TRIM, {"most": self._max_files})


def forget_old_hosts(database: Database) -> None:
    """Delete what no node needs any more."""
    with database.write_transaction() as connection:
        connection.execute(_FORGET)
        connection.execute(_FORGET_FILES)
