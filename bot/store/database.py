"""One open database: transactions, and the states that a post goes through in it.

discovered -> ready -> sending -> sent -> deleted
     |          ^         |
     |          +- read back: none there, after the settle time
     +-> skipped(reason) | discovered again at due_at | dead(error)
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select, update

from bot.store.engine import open_engine, open_to_read
from bot.store.schema import meta, posts


class State(StrEnum):
    DISCOVERED = "discovered"
    READY = "ready"
    SENDING = "sending"
    SENT = "sent"
    DELETED = "deleted"
    SKIPPED = "skipped"
    DEAD = "dead"


class Database:
    """One writer at a time; safe to share between threads."""

    def __init__(self, path: Path, now: datetime | None) -> None:
        """Open the database at `path`; raises `bot.errors.StoreError`.

        With a time `now` it is made, or brought up to date, where need be; without, it is opened as
        another process keeps it.
        """
        self.path = path
        self._engine = open_to_read(path) if now is None else open_engine(path, now)
        self._writer = threading.Lock()

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with self._writer, self._engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self._engine.connect() as connection:
            yield connection.execution_options(reading=True)

    def created_at(self) -> datetime:
        """When this database was first made: posts older than it may have replies it knows nothing of."""
        with self.reading() as connection:
            created: datetime = connection.execute(
                select(meta.c.time).where(meta.c.name == "created")
            ).scalar_one()
        return created

    def set(self, row: int, **values: Any) -> None:
        """Change one post's row, in a transaction of its own."""
        with self.writing() as connection:
            connection.execute(update(posts).where(posts.c.id == row).values(**values))

    def finish(self, row: int, state: State, now: datetime, **values: Any) -> None:
        """End one post's way; the text of its reply goes with it, unless `values` keep it."""
        ending = {"state": state, "done_at": now, "lease_until": None, "markdown": None}
        self.set(row, **ending | values)
