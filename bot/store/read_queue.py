"""The queue of read tasks, as the store sees it. A single machine has none: it looks for due posts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection


class ReadQueue(Protocol):
    """Asks the nodes of a cluster to process posts, in the transaction that makes them due."""

    def add(self, connection: Connection, rows: Sequence[int], at: datetime | None = None) -> None:
        """Process these rows of posts, now or `at` a time."""
        ...
