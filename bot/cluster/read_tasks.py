"""Tasks that let any node process posts, in procrastinate's queue on the same PostgreSQL.

A task is deferred in the transaction that makes its rows due. What gets no task, for example because a
command of the operator made it due, gets one from `add_missing`.

A task costs a node and the server together as much as a tenth of a page. So rows that have to wait anyway,
because there are many, share tasks, a few rows each. Few rows get a task each, so that several nodes read
them at the same time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from procrastinate import App, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Job
from procrastinate.sql import queries
from procrastinate.types import JSONDict
from sqlalchemy import Connection, bindparam, select, text

from bot.store import Database
from bot.store.column_types import UtcDateTime
from bot.store.read_claims import release_leases
from bot.store.tables import posts

READ_QUEUE = "read"
READ_TASK = "read_post"
"""The name stays the same, because nodes of two versions share the queue during an upgrade."""
READ_MANY_TASK = "read_posts"
"""The same for several posts. A node that does not know it gives it up, and the sweep adds its rows again."""
MANY = 32
"""With so many tasks and new rows, new rows share tasks."""
ROWS_PER_TASK = 4
MAX_ADDED = 1000
"""Rows that one sweep adds tasks for."""

_PUBLISHED = select(posts.c.id, posts.c.published).where(posts.c.id.in_(bindparam("rows", expanding=True)))
_WAITING = text(
    """
    SELECT count(*) FROM (
      SELECT FROM procrastinate_jobs
      WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now()) LIMIT :limit
    ) AS waiting
    """
)
# A worker that has begun a task of several rows has not claimed all of them yet.
_MISSING = text(
    """
    WITH waiting AS MATERIALIZED (
      SELECT (args->>'row')::bigint AS id FROM procrastinate_jobs
      WHERE status = 'todo' AND task_name = 'read_post'
      UNION ALL
      SELECT jsonb_array_elements_text(args->'rows')::bigint FROM procrastinate_jobs
      WHERE status IN ('todo', 'doing') AND task_name = 'read_posts'
    )
    SELECT id FROM posts
    WHERE state = 'discovered' AND done_at IS NULL AND due_at <= :now
      AND (lease_until IS NULL OR lease_until <= :now) AND refetch IS NOT TRUE
      AND NOT EXISTS (SELECT FROM waiting WHERE waiting.id = posts.id)
    ORDER BY published DESC
    LIMIT :limit
    """
).bindparams(bindparam("now", type_=UtcDateTime))

_FORGET = text("DELETE FROM procrastinate_jobs WHERE id = ANY(:ids) AND status = 'doing'")


class ReadTasks:
    """Implements `bot.store.read_claims.ReadQueue`."""

    def __init__(self) -> None:
        # It only uses the connections of the caller, so it is never opened.
        self._app = App(connector=SyncPsycopgConnector())

    def add(self, connection: Connection, rows: Sequence[int], at: datetime | None = None) -> None:
        """Newer posts come first. A row that is added alone has at most one waiting task of its own."""
        if not rows:
            return
        found = [(row.id, row.published) for row in connection.execute(_PUBLISHED, {"rows": list(rows)})]
        if at is None and self._have_to_wait(connection, len(found)):
            jobs = _shared_jobs(found)
        else:
            jobs = [_job(row, published, at) for row, published in found]
        if not self._defer(connection, jobs):
            for job in jobs:
                self._defer(connection, [job])

    def _have_to_wait(self, connection: Connection, count: int) -> bool:
        """Whether there are so many tasks that so many new rows can share some."""
        if not ROWS_PER_TASK <= count < MANY:
            return count >= MANY
        waiting: int = connection.execute(_WAITING, {"limit": MANY}).scalar_one()
        return count + waiting >= MANY

    def _defer(self, connection: Connection, jobs: list[Job]) -> bool:
        """Whether the tasks were added: all, or none because one of them is waiting already."""
        nested = connection.begin_nested()
        try:
            self._app.job_manager.batch_defer_jobs(jobs, connection.connection.driver_connection)
        except AlreadyEnqueued:
            nested.rollback()
            return False
        nested.commit()
        return True

    def recover(self, database: Database, silent_for: timedelta) -> int:
        """Give the tasks of workers that died to other workers; return how many."""
        with database.write_transaction() as connection:
            manager, driver = self._app.job_manager, connection.connection.driver_connection
            found = manager.connector.get_sync_connector().execute_query_all_with_connection(
                driver,
                query=queries["select_stalled_jobs_by_heartbeat"],
                queue=READ_QUEUE,
                task_name=None,
                seconds_since_heartbeat=silent_for.total_seconds(),
            )
            stalled = [Job.from_row(row) for row in found]
            if stalled:
                rows = [row for job in stalled for row in _rows_of(job)]
                release_leases(connection, rows)
                connection.execute(_FORGET, {"ids": [job.id for job in stalled]})
                self.add(connection, rows)
        return len(stalled)

    def add_missing(self, database: Database, now: datetime) -> int:
        """Add tasks for posts that are due and have none; return how many."""
        with database.write_transaction() as connection:
            found = connection.execute(_MISSING, {"now": now, "limit": MAX_ADDED}).scalars().all()
            self.add(connection, found)
        return len(found)


def _rows_of(job: Job) -> list[int]:
    arguments: dict[str, Any] = job.task_kwargs
    return arguments["rows"] if job.task_name == READ_MANY_TASK else [arguments["row"]]


def _job(row: int, published: datetime, at: datetime | None) -> Job:
    return _new_job(READ_TASK, {"row": row}, published, lock=f"read {row}", at=at)


def _shared_jobs(found: Sequence[tuple[int, datetime]]) -> list[Job]:
    newest_first = sorted(found, key=lambda each: each[1], reverse=True)
    parts = [newest_first[first : first + ROWS_PER_TASK] for first in range(0, len(found), ROWS_PER_TASK)]
    return [_new_job(READ_MANY_TASK, {"rows": [row for row, _ in part]}, part[0][1]) for part in parts]


def _new_job(
    name: str, arguments: JSONDict, published: datetime, lock: str | None = None, at: datetime | None = None
) -> Job:
    return Job(
        id=None,
        task_name=name,
        queue=READ_QUEUE,
        lock=None,
        queueing_lock=lock,
        priority=int(published.timestamp() // 60),
        scheduled_at=at,
        task_kwargs=arguments,
    )
