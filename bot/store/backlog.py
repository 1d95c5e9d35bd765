"""Posts that wait for too long although nothing asks for it: the backlog."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from bot.store.text_queries import Readable, TextQuery


class Backlog(Struct, frozen=True):
    """The posts that have waited for some time. Waits that were planned do not count.

    Planned are quiet hours, a minimum age or score, a limit on replies, and the pause before a site that is
    down is tried again.
    """

    count: int
    oldest_permalink: str
    oldest_since: datetime


def _make_backlog(
    *, count: int, permalink: str, discovered_at: datetime, overdue_from: datetime | None
) -> Backlog:
    return Backlog(count, permalink, max(discovered_at, overdue_from or discovered_at))


_BACKLOG = TextQuery(
    "SELECT count(*) OVER () AS count, permalink, discovered_at, overdue_from FROM ("
    "SELECT permalink, discovered_at, overdue_from, "
    "CASE WHEN overdue_from > discovered_at THEN overdue_from ELSE discovered_at END AS waits_since "
    "FROM posts WHERE state IN ('discovered', 'ready', 'sending') AND done_at IS NULL) AS pending "
    "WHERE waits_since <= :latest ORDER BY waits_since LIMIT 1",
    _make_backlog,
    times=("discovered_at", "overdue_from"),
)


def find_backlog(database: Readable, now: datetime, after: timedelta = timedelta(0)) -> Backlog | None:
    """The posts that have waited for `after` or longer; None if there are none."""
    with database.text_queries() as queries:
        return queries.first(_BACKLOG, latest=now - after)
