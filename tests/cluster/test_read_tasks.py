"""Read tasks: added with the row, executed by real workers of procrastinate, given on when a node dies."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from queue import Queue
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Connection, select, text

from bot.cluster.read_tasks import MANY, ROWS_PER_TASK, ReadTasks
from bot.cluster.task_thread import TaskThread
from bot.core.cluster_timing import ClusterTiming
from bot.core.database_location import PostgresUrl
from bot.core.errors import StoreError
from bot.core.models import PollResult, Source
from bot.store import Database, PostQueue
from bot.store.postgresql_engine import connection_arguments
from bot.store.read_claims import ReadClaims
from bot.store.tables import posts
from tests.conftest import a_post

SOURCE = Source("home", "news@lemmy.example")
LEASE = timedelta(minutes=5)
TIMING = ClusterTiming(renew=timedelta(seconds=0.2), lease=timedelta(seconds=1), poll=timedelta(seconds=0.1))
WAIT = 30.0
"""Seconds for something that takes milliseconds."""


@pytest.fixture
def queue(database: Database) -> PostQueue:
    return PostQueue(database, ReadTasks())


def discover(queue: PostQueue, *numbers: int) -> list[int]:
    """The rows of new posts."""
    queue.discover(SOURCE, PollResult(tuple(map(a_post, numbers)), "c"), datetime.now(UTC))
    with queue._database.read_transaction() as connection:
        return list(connection.execute(select(posts.c.id).order_by(posts.c.id)).scalars())


def waiting(database: Database, what: str = "args->>'row'") -> list[Any]:
    """The tasks that a worker would start, in this order."""
    statement = text(
        f"SELECT {what} FROM procrastinate_jobs WHERE status = 'todo' ORDER BY priority DESC, id"
    )
    with database.read_transaction() as connection:
        return list(connection.execute(statement).scalars())


@contextmanager
def worker(database: Database, read: Callable[[int], None], at_once: int = 2) -> Iterator[TaskThread]:
    """A worker; `read` gets the rows of its tasks."""
    assert isinstance(database.location, PostgresUrl)
    thread = TaskThread(connection_arguments(database.location), read, at_once, TIMING)
    thread.start()
    yield thread
    assert thread.stop(WAIT)


def test_new_posts_get_tasks_newest_first(database: Database, queue: PostQueue) -> None:
    first, second = discover(queue, 60, 300)
    assert waiting(database) == [str(second), str(first)]
    assert discover(queue, 60, 300) == [first, second]
    assert len(waiting(database)) == 2


def test_no_task_is_left_of_a_transaction_that_failed(database: Database) -> None:
    class Failing(ReadTasks):
        def add(self, connection: Connection, rows: Sequence[int], at: datetime | None = None) -> None:
            super().add(connection, rows, at)
            raise StoreError("The server is gone.")

    with pytest.raises(StoreError):
        discover(PostQueue(database, Failing()), 1)
    assert waiting(database) == []


def test_two_workers_read_each_row_once(database: Database, queue: PostQueue) -> None:
    done: Queue[int] = Queue()
    with worker(database, done.put), worker(database, done.put):
        rows = discover(queue, *range(1, 21))
        assert sorted(done.get(timeout=WAIT) for _ in rows) == rows
    assert done.empty()
    assert waiting(database) == []


def test_a_paused_worker_reads_again_when_it_may(database: Database, queue: PostQueue) -> None:
    done: Queue[int] = Queue()
    with worker(database, done.put) as thread:
        (first,) = discover(queue, 1)
        assert done.get(timeout=WAIT) == first
        thread.set_paused(True)
        while workers(database):
            os.sched_yield()
        (_, second) = discover(queue, 1, 2)
        assert waiting(database) == [str(second)]
        thread.set_paused(False)
        assert done.get(timeout=WAIT) == second


def test_a_worker_starts_again_after_its_connections_were_lost(database: Database, queue: PostQueue) -> None:
    done: Queue[int] = Queue()
    with worker(database, done.put):
        (first,) = discover(queue, 1)
        assert done.get(timeout=WAIT) == first
        end_all_connections(database)
        (_, second) = discover(queue, 1, 2)
        assert done.get(timeout=WAIT) == second


def test_a_retry_waits_in_the_queue_until_its_time(database: Database, queue: PostQueue) -> None:
    (row,) = discover(queue, 1)
    remove_tasks(database)
    at = datetime.now(UTC) + timedelta(hours=1)
    queue.retry(row, "the site is down", at)
    queue.retry(row, "the site is down", at)
    assert waiting(database) == [str(row)]
    assert waiting(database, "scheduled_at") == [at]


def test_a_row_is_claimed_by_one_task(database: Database, queue: PostQueue) -> None:
    (row,) = discover(queue, 1)
    claims, now = ReadClaims(database), datetime.now(UTC)
    claim = claims.claim(row, now, LEASE)
    assert claim is not None
    assert claim.post.post == a_post(1)
    assert claims.claim(row, now, LEASE) is None
    assert claims.claim(row, now + LEASE, LEASE) is not None
    queue.mark_dead(row, "x", now)
    assert claims.claim(row, now + 3 * LEASE, LEASE) is None


def test_due_posts_without_a_task_get_one(database: Database, queue: PostQueue) -> None:
    rows, tasks, now = discover(queue, 1, 2, 3), ReadTasks(), datetime.now(UTC)
    assert tasks.add_missing(database, now) == 0
    remove_tasks(database)
    ReadClaims(database).claim(rows[0], now, LEASE)
    ReadClaims(database).request_refetch(rows[1])
    assert tasks.add_missing(database, now) == 1
    assert waiting(database) == [str(rows[2])]


def test_the_tasks_of_a_dead_worker_are_given_to_others(database: Database, queue: PostQueue) -> None:
    (row,) = discover(queue, 1)
    tasks, now = ReadTasks(), datetime.now(UTC)
    leave_tasks_to_a_dead_worker(database)
    assert ReadClaims(database).claim(row, now, LEASE) is not None
    assert tasks.recover(database, timedelta(seconds=15)) == 0
    assert tasks.recover(database, timedelta(seconds=5)) == 1
    assert waiting(database) == [str(row)]
    assert ReadClaims(database).claim(row, now, LEASE) is not None


def test_many_posts_at_once_share_tasks_newest_first(database: Database, queue: PostQueue) -> None:
    rows = discover(queue, *(60 * number for number in range(MANY)))
    shared = waiting(database, "args->'rows'")
    assert [row for part in shared for row in part] == rows[::-1]
    assert {len(part) for part in shared} == {ROWS_PER_TASK}


def test_new_posts_share_tasks_while_many_wait(database: Database, queue: PostQueue) -> None:
    before = MANY - ROWS_PER_TASK
    discover(queue, *range(before))
    discover(queue, *range(before + ROWS_PER_TASK))
    discover(queue, *range(before + ROWS_PER_TASK + 1))
    assert waiting(database, "task_name").count("read_post") == before + 1
    assert waiting(database, "task_name").count("read_posts") == 1


def test_tasks_of_later_are_not_waited_for(database: Database, queue: PostQueue) -> None:
    rows = discover(queue, *range(MANY - 1))
    remove_tasks(database)
    for row in rows:
        queue.retry(row, "the site is down", datetime.now(UTC) + timedelta(hours=1))
    discover(queue, *range(MANY - 1 + ROWS_PER_TASK))
    assert waiting(database, "task_name").count("read_posts") == 0


def test_each_row_of_shared_tasks_is_read_once(database: Database, queue: PostQueue) -> None:
    done: Queue[int] = Queue()
    with worker(database, done.put), worker(database, done.put):
        rows = discover(queue, *range(MANY + 1))
        assert sorted(done.get(timeout=WAIT) for _ in rows) == rows
    assert done.empty()


def test_a_row_of_a_shared_task_gets_no_second_task(database: Database, queue: PostQueue) -> None:
    rows, tasks, now = discover(queue, *range(MANY)), ReadTasks(), datetime.now(UTC)
    assert tasks.add_missing(database, now) == 0
    leave_tasks_to_a_dead_worker(database)
    assert tasks.add_missing(database, now) == 0
    remove_tasks(database)
    assert tasks.add_missing(database, now) == len(rows)
    assert len(waiting(database)) == MANY // ROWS_PER_TASK


def test_the_shared_tasks_of_a_dead_worker_are_given_to_others(database: Database, queue: PostQueue) -> None:
    rows, tasks, now = discover(queue, *range(MANY)), ReadTasks(), datetime.now(UTC)
    leave_tasks_to_a_dead_worker(database)
    queue.mark_dead(rows[0], "x", now)
    assert ReadClaims(database).claim(rows[1], now, LEASE) is not None
    assert tasks.recover(database, timedelta(seconds=5)) == MANY // ROWS_PER_TASK
    found = waiting(database, "args->'rows'")
    assert sorted(row for part in found for row in part) == rows
    assert ReadClaims(database).claim(rows[0], now, LEASE) is None
    assert ReadClaims(database).claim(rows[1], now, LEASE) is not None


def test_a_paused_worker_leaves_the_rest_of_a_shared_task(database: Database, queue: PostQueue) -> None:
    begun: Queue[int] = Queue()
    go_on = Event()

    def read(row: int) -> None:
        begun.put(row)
        assert go_on.wait(WAIT)

    with worker(database, read, at_once=1) as thread:
        discover(queue, *range(MANY))
        begun.get(timeout=WAIT)
        thread.set_paused(True)
        go_on.set()
        while workers(database):
            os.sched_yield()
    assert begun.empty()
    # Those of the task that was begun, also the one that this reader did not claim.
    assert ReadTasks().add_missing(database, datetime.now(UTC)) == ROWS_PER_TASK


def test_a_shared_task_goes_on_after_its_connections_were_lost(database: Database, queue: PostQueue) -> None:
    begun: Queue[int] = Queue()
    go_on = Event()

    def read(row: int) -> None:
        begun.put(row)
        assert go_on.wait(WAIT)

    with worker(database, read, at_once=1):
        rows = discover(queue, *range(MANY))
        first = begun.get(timeout=WAIT)
        end_all_connections(database)
        go_on.set()
        assert sorted([first, *(begun.get(timeout=WAIT) for _ in rows[1:])]) == rows
    assert begun.empty()


def leave_tasks_to_a_dead_worker(database: Database) -> None:
    """As a worker leaves them that was killed ten seconds ago."""
    with database.write_transaction() as connection:
        connection.execute(
            text(
                "WITH dead AS (INSERT INTO procrastinate_workers (last_heartbeat) "
                "VALUES (now() - interval '10 s') RETURNING id) "
                "UPDATE procrastinate_jobs SET status = 'doing', worker_id = dead.id FROM dead"
            )
        )


def end_all_connections(database: Database) -> None:
    with database.write_transaction() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )


def workers(database: Database) -> int:
    """How many workers run."""
    with database.read_transaction() as connection:
        return connection.execute(text("SELECT count(*) FROM procrastinate_workers")).scalar_one()


def remove_tasks(database: Database) -> None:
    with database.write_transaction() as connection:
        connection.execute(text("DELETE FROM procrastinate_jobs"))
