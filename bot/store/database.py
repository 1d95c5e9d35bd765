"""One open database: transactions, and the states that a post goes through in it.

discovered -> ready -> sending -> sent -> deleted
     |          ^         |
     |          +- read back: none there, after the settle time
     +-> skipped(reason) | discovered again at due_at | dead(error)
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Connection, select, update

from bot.core.errors import StoreError
from bot.store.backups import refuse_lost_database
from bot.store.database_errors import raise_store_error
from bot.store.engine import open_engine, open_read_only
from bot.store.tables import meta, posts

log = structlog.get_logger(__name__)


class State(StrEnum):
    DISCOVERED = "discovered"
    READY = "ready"
    SENDING = "sending"
    SENT = "sent"
    DELETED = "deleted"
    SKIPPED = "skipped"
    DEAD = "dead"


PENDING = (State.DISCOVERED, State.READY, State.SENDING)


class Database:
    """One writer at a time; safe to share between threads."""

    def __init__(self, path: Path, now: datetime | None) -> None:
        """Open the database at `path`; raises `bot.core.errors.StoreError`.

        With a time `now` it is made, or brought up to date, where need be; without, it is opened as
        another process keeps it.
        """
        self.path = path
        if now is not None:
            refuse_lost_database(path)
        self._engine = open_read_only(path) if now is None else open_engine(path, now)
        self._writer = threading.Lock()
        self.write_error: StoreError | None = None
        """What keeps it from being written at the moment."""

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def write_transaction(self) -> Iterator[Connection]:
        """One transaction; raises `StoreError` when the machine does not let it be written."""
        with self._writer, self._telling(), raise_store_error(self.path), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def read_transaction(self) -> Iterator[Connection]:
        with raise_store_error(self.path), self._engine.connect() as connection:
            yield connection.execution_options(reading=True)

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Say once when it can no longer be written, and once when it can again."""
        try:
            yield
        except StoreError as error:
            if self.write_error is None or self.write_error.message != error.message:
                log.error("the database cannot be written", error=error.message, do=error.remedy)
            self.write_error = error
            raise
        if self.write_error is not None:
            log.info("the database can be written again")
            self.write_error = None

    def created_at(self) -> datetime:
        """When this database was first made: posts older than it may have replies it knows nothing of."""
        with self.read_transaction() as connection:
            created: datetime = connection.execute(
                select(meta.c.time).where(meta.c.name == "created")
            ).scalar_one()
        return created

    def set_created_at(self, now: datetime) -> None:
        """Treat the database as made now: what was sent of late may have been sent without its knowledge."""
        with self.write_transaction() as connection:
            connection.execute(update(meta).where(meta.c.name == "created").values(time=now))

    def update_post(self, row: int, only: Collection[State] = tuple(State), **values: Any) -> None:
        """Change one post's row, in a transaction of its own, if its state is one of `only`."""
        mine = (posts.c.id == row) & posts.c.state.in_(only)
        with self.write_transaction() as connection:
            connection.execute(update(posts).where(mine).values(**values))

    def finish_post(self, row: int, state: State, now: datetime, **values: Any) -> None:
        """End one post's way, if it has not ended; a sent reply can still be deleted.

        The text of its reply goes with it, unless `values` keep it.
        """
        ending = {"state": state, "done_at": now, "lease_until": None, "markdown": None}
        before = (*PENDING, State.SENT) if state is State.DELETED else PENDING
        self.update_post(row, before, **ending | values)
