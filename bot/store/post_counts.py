"""Numbers of posts, kept by triggers, so that nothing has to count all posts.

`post_counts` has all posts by account, community, state and reason; `daily_counts` has the finished posts by
day (in UTC), state and reason. The triggers run in the transaction that changes the posts.

In SQLite there is one row for each key. In PostgreSQL that row would make all writers wait for each other,
and two that change rows in another order would deadlock. So its triggers only add rows, `fold_counts`
replaces the rows of a key by their sum, and every reader sums up.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Table, select

from bot.store.dialects import POSTGRESQL
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

_POSTGRESQL_KEY = "{row}.account, {row}.community, {row}.state, COALESCE({row}.reason, '')"
_POSTGRESQL_DAY = "to_char({row}.done_at, 'YYYY-MM-DD'), {row}.state, COALESCE({row}.reason, '')"


def _add_rows(*changes: tuple[str, int]) -> str:
    """PL/pgSQL that adds a row for each change: OLD or NEW, and the number to add."""
    counts = ", ".join(f"({_POSTGRESQL_KEY.format(row=row)}, {by})" for row, by in changes)
    days = " ".join(
        f"IF {row}.done_at IS NOT NULL THEN INSERT INTO daily_counts (day, state, reason, number)"
        f" VALUES ({_POSTGRESQL_DAY.format(row=row)}, {by}); END IF;"
        for row, by in changes
    )
    return (
        "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" INSERT INTO post_counts (account, community, state, reason, number) VALUES {counts};"
        f" {days} RETURN NULL; END $$"
    )


_IS_DISTINCT = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in _COUNTED)
POSTGRESQL_TRIGGERS = {
    "count_new_post": (_add_rows(("NEW", 1)), "AFTER INSERT ON posts FOR EACH ROW"),
    "count_changed_post": (
        _add_rows(("OLD", -1), ("NEW", 1)),
        f"AFTER UPDATE OF {', '.join(_COUNTED)} ON posts FOR EACH ROW WHEN ({_IS_DISTINCT})",
    ),
    "count_deleted_post": (_add_rows(("OLD", -1)), "AFTER DELETE ON posts FOR EACH ROW"),
}
"""PostgreSQL's functions and triggers, by name. Change them only with a migration."""

_FILL = (
    "DELETE FROM post_counts",
    "DELETE FROM daily_counts",
    (
        "INSERT INTO post_counts (account, community, state, reason, number)"
        f" SELECT {_KEY.format(row='posts')}, COUNT(*) FROM posts GROUP BY 1, 2, 3, 4"
    ),
    (
        "INSERT INTO daily_counts (day, state, reason, number)"
        " SELECT {day}, posts.state, COALESCE(posts.reason, ''), COUNT(*) FROM posts"
        " WHERE done_at IS NOT NULL GROUP BY 1, 2, 3"
    ),
)
_DAY_OF_POST = {
    "sqlite": "DATE(posts.done_at)",
    POSTGRESQL: "to_char(posts.done_at, 'YYYY-MM-DD')",
}


def recount_posts(database: Database) -> int:
    """Count all posts again; return how many numbers were wrong."""
    with database.write_transaction() as connection:
        dialect = connection.dialect.name
        if dialect == POSTGRESQL:
            # Nobody changes a post between the count and the removal of the earlier numbers.
            connection.exec_driver_sql("LOCK TABLE posts, post_counts, daily_counts IN EXCLUSIVE MODE")
        before = _numbers(connection)
        for statement in _FILL:
            connection.exec_driver_sql(statement.format(day=_DAY_OF_POST[dialect]))
        after = _numbers(connection)
    return sum(before[key] != after[key] for key in before | after)


def fold_counts(database: Database) -> None:
    """Replace the rows of each key by one, in PostgreSQL. Other writers do not wait for it."""
    with database.write_transaction() as connection:
        if connection.dialect.name == POSTGRESQL:
            for table in (post_counts, daily_counts):
                connection.exec_driver_sql(_fold(table))


def _fold(table: Table) -> str:
    keys = ", ".join(column.name for column in table.columns if column is not table.c.number)
    return (
        f"WITH folded AS (DELETE FROM {table.name} RETURNING {keys}, number)"
        f" INSERT INTO {table.name} ({keys}, number)"
        f" SELECT {keys}, SUM(number) FROM folded GROUP BY {keys} HAVING SUM(number) <> 0"
    )


def _numbers(connection: Connection) -> Counter[tuple[object, ...]]:
    """The numbers by table and key."""
    numbers: Counter[tuple[object, ...]] = Counter()
    for table in (post_counts, daily_counts):
        for *key, number in connection.execute(select(table)).all():
            numbers[(table.name, *key)] += number
    return numbers
