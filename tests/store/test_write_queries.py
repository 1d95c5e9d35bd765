"""Statements in a write transaction that the driver executes on PostgreSQL, and SQLAlchemy on SQLite."""

from __future__ import annotations

import os
import threading

import pytest
from sqlalchemy import bindparam, column, func, select, table, update

from bot.core.errors import StoreError
from bot.store import Database
from bot.store.tables import meta
from tests.conftest import START, Clock, on_server

_CHANGE = update(meta).where(meta.c.name == bindparam("of_name"))
_PROCESS = select(func.pg_backend_pid())
_sessions = table("pg_stat_activity", column("datname"), column("wait_event_type"))
_WAITING = select(_sessions.c.datname).where(
    _sessions.c.datname == func.current_database(), _sessions.c.wait_event_type == "Lock"
)
_TIME = select(meta.c.time).where(meta.c.name == bindparam("of_name"))


def test_the_changes_are_stored_together(database: Database, clock: Clock) -> None:
    later = clock.advance(5)
    with database.write_queries() as queries:
        assert queries.change(_CHANGE, of_name="created", time=later) == 1
        assert queries.change(_CHANGE, of_name="other", time=later) == 0
        found = queries.first(_TIME, of_name="created")
        assert found is not None
        assert found.time == later
        assert queries.first(_TIME, of_name="other") is None
        assert [row.time for row in queries.all(_TIME, of_name="created")] == [later]
        assert queries.all(_TIME, of_name="other") == []
        assert database.created_at() == START
    assert database.created_at() == later


def test_after_an_error_nothing_is_stored(database: Database, clock: Clock) -> None:
    def fail() -> None:
        with database.write_queries("news@lemmy.example") as queries:
            queries.change(_CHANGE, of_name="created", time=clock.advance(5))
            raise ValueError("a fault")

    for _ in range(20):  # more than there are connections
        with pytest.raises(ValueError, match="a fault"):
            fail()
    assert database.created_at() == START
    with database.write_queries("news@lemmy.example") as queries:
        queries.change(_CHANGE, of_name="created", time=clock())
    assert database.created_at() == clock()


def test_nobody_else_has_the_community_until_the_changes_are_stored(database: Database, clock: Clock) -> None:
    seen: list[object] = []

    def look() -> None:
        with database.write_queries("news@lemmy.example") as queries:
            seen.extend(row.time for row in queries.all(_TIME, of_name="created"))

    other = threading.Thread(target=look)
    with database.write_queries("news@lemmy.example") as queries:
        other.start()
        while database.path is None and not database.all_rows(_WAITING):  # a file has one writer
            os.sched_yield()
        queries.change(_CHANGE, of_name="created", time=clock.advance(5))
        assert seen == []
    other.join(20)
    assert seen == [clock()]


@on_server
@pytest.mark.engines("postgresql")
def test_a_connection_that_is_lost_in_the_middle_is_a_store_error(database: Database, clock: Clock) -> None:
    def lose_connection() -> None:
        with database.write_queries() as queries:
            queries.change(_CHANGE, of_name="created", time=clock.advance(5))
            own = queries.first(_PROCESS)
            assert own is not None
            with database.write_transaction() as connection:
                connection.execute(select(func.pg_terminate_backend(own[0], 5000)))
            queries.first(_TIME, of_name="created")

    with pytest.raises(StoreError):
        lose_connection()
    assert database.write_error is not None
    assert database.created_at() == START
    with database.write_queries() as queries:
        assert queries.change(_CHANGE, of_name="created", time=clock()) == 1
    assert database.created_at() == clock()


@on_server
@pytest.mark.engines("postgresql")
def test_a_value_that_is_missing_is_not_the_one_of_an_earlier_execution(
    database: Database, clock: Clock
) -> None:
    with database.write_queries() as queries:
        queries.change(_CHANGE, of_name="created", time=clock.advance(5))
    with database.write_queries() as queries, pytest.raises(KeyError):
        queries.change(_CHANGE, of_name="created")
