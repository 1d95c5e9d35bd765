"""Tasks that let any node process a post, in procrastinate's queue on the same PostgreSQL.

A task is deferred in the transaction that makes its row due. What gets no task, for example because a
command of the operator made it due, gets one from `add_missing`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from procrastinate import App, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Job
from procrastinate.sql import queries
from sqlalchemy import Connection, bindparam, select, text

from bot.store import Database
from bot.store.column_types import UtcDateTime
from bot.store.read_claims import release_leases
from bot.store.tables import posts

READ_QUEUE = "read"
READ_TASK = "read_post"
"""The name stays the same, because nodes of two versions share the queue during an upgrade."""
MAX_ADDED = 1000
"""Tasks that one sweep adds."""

_PUBLISHED = select(posts.c.id, posts.c.published).where(posts.c.id.in_(bindparam("rows", expanding=True)))
_MISSING = text(
    """
    SELECT id FROM posts
    WHERE state = 'discovered' AND done_at IS NULL AND due_at <= :now
      AND (lease_until IS NULL OR lease_until <= :now) AND refetch IS NOT TRUE
      AND NOT EXISTS (
        SELECT FROM procrastinate_jobs
        WHERE status = 'todo' AND queueing_lock = 'read ' || posts.id
      )
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
        """Newer posts come first. There is at most one waiting task for each row."""
        if not rows:
            return
        found = connection.execute(_PUBLISHED, {"rows": list(rows)}).all()
        jobs = [_job(row.id, row.published, at) for row in found]
        if not self._defer(connection, jobs):
            for job in jobs:
                self._defer(connection, [job])

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
                task_name=READ_TASK,
                seconds_since_heartbeat=silent_for.total_seconds(),
            )
            stalled = [Job.from_row(row) for row in found]
            if stalled:
                rows = [int(str(job.task_kwargs["row"])) for job in stalled]
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


def _job(row: int, published: datetime, at: datetime | None) -> Job:
    return Job(
        id=None,
        task_name=READ_TASK,
        queue=READ_QUEUE,
        lock=None,
        queueing_lock=f"read {row}",
        priority=int(published.timestamp() // 60),
        scheduled_at=at,
        task_kwargs={"row": row},
    )
