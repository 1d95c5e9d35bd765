"""Posts that wait for too long although nothing asks for it: the backlog."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, select

from bot.store.database import Database, is_pending
from bot.store.tables import posts

_waits_since = case(
    (posts.c.overdue_from > posts.c.discovered_at, posts.c.overdue_from), else_=posts.c.discovered_at
)


@dataclass(frozen=True, slots=True)
class Backlog:
    """The posts that have waited for some time. Waits that were planned do not count.

    Planned are quiet hours, a minimum age or score, a limit on replies, and the pause before a site that is
    down is tried again.
    """

    count: int
    oldest_permalink: str
    oldest_since: datetime


def find_backlog(database: Database, now: datetime, after: timedelta = timedelta(0)) -> Backlog | None:
    """The posts that have waited for `after` or longer; None if there are none."""
    late = is_pending() & (_waits_since <= now - after)
    statement = (
        select(func.count().over(), posts.c.permalink, posts.c.discovered_at, posts.c.overdue_from)
        .where(late)
        .order_by(_waits_since)
        .limit(1)
    )
    with database.read_transaction() as connection:
        row = connection.execute(statement).first()
    if row is None:
        return None
    count, permalink, discovered_at, overdue_from = row
    return Backlog(count, permalink, max(discovered_at, overdue_from or discovered_at))
