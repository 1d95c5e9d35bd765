"""What must be true for the write transactions of one view of a database (`Database.guarded`)."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from bot.core.errors import LeadershipLost


class WriteGuard(Struct, frozen=True):
    """A condition that PostgreSQL checks together with the BEGIN of each write transaction.

    A SQLite file has one process that writes, so it needs none, and does not check it.
    """

    account: str
    sql: str
    """A query without parameters that finds a row if the write may happen, and locks that row."""
    check: Callable[[], None]
    """Called before; raises `LeadershipLost` if it is known without the database."""

    def require(self, found: object | None) -> None:
        """Raise `LeadershipLost` if the query has found nothing."""
        if found is None:
            raise LeadershipLost(self.account)
