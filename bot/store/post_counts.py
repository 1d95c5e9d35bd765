"""Numbers of posts, kept by triggers, so that nothing has to count all posts.

`post_counts` has all posts by account, community, state and reason; `daily_counts` has the finished posts by
day (in UTC), state and reason. The triggers run in the transaction that changes the posts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from bot.store.tables import daily_counts, post_counts

if TYPE_CHECKING:
    from bot.store.database import Database

_KEY = "{row}.account, {row}.community, {row}.state, COALESCE({row}.reason, '')"
_DAY = "DATE({row}.done_at), {row}.state, COALESCE({row}.reason, '')"


def _count(row: str, by: int) -> str:
    """SQL that adds `by` to the counts of a row, which a trigger calls NEW or OLD."""
    return (
        "INSERT INTO post_counts (account, community, state, reason, number)"
        f" VALUES ({_KEY.format(row=row)}, {by})"
        f" ON CONFLICT (account, community, state, reason) DO UPDATE SET number = number + {by};"
        " INSERT INTO daily_counts (day, state, reason, number)"
        f" SELECT {_DAY.format(row=row)}, {by} WHERE {row}.done_at IS NOT NULL"
        f" ON CONFLICT (day, state, reason) DO UPDATE SET number = number + {by};"
    )


_COUNTED = ("account", "community", "state", "reason", "done_at")
_IS_CHANGED = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in _COUNTED)
TRIGGERS = {
    "count_new_post": f"AFTER INSERT ON posts BEGIN {_count('NEW', 1)} END",
    "count_changed_post": (
        f"AFTER UPDATE OF {', '.join(_COUNTED)} ON posts WHEN {_IS_CHANGED}"
        f" BEGIN {_count('OLD', -1)} {_count('NEW', 1)} END"
    ),
    "count_deleted_post": f"AFTER DELETE ON posts BEGIN {_count('OLD', -1)} END",
}
"""SQLite's triggers, by name. Change them only with a migration."""

_FILL = (
    "DELETE FROM post_counts",
    "DELETE FROM daily_counts",
    (
        "INSERT INTO post_counts (account, community, state, reason, number)"
        f" SELECT {_KEY.format(row='posts')}, COUNT(*) FROM posts GROUP BY 1, 2, 3, 4"
    ),
    (
        "INSERT INTO daily_counts (day, state, reason, number)"
        f" SELECT {_DAY.format(row='posts')}, COUNT(*) FROM posts WHERE done_at IS NOT NULL GROUP BY 1, 2, 3"
    ),
)


def recount_posts(database: Database) -> int:
    """Count all posts again; return how many numbers were wrong."""
    with database.write_transaction() as connection:
        before = _rows(connection)
        for statement in _FILL:
            connection.exec_driver_sql(statement)
        return len({row[:-1] for row in before ^ _rows(connection)})


def _rows(connection: Connection) -> set[tuple[object, ...]]:
    return {
        (table.name, *row)
        for table in (post_counts, daily_counts)
        for row in connection.execute(select(table).where(table.c.number != 0))
    }
