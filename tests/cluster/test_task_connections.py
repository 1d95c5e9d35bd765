"""The pool of procrastinate's worker replaces a connection that the server has ended, without asking it."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import pytest
from procrastinate import App

from bot.cluster.task_connections import create_connector
from bot.store.postgresql_engine import connection_arguments
from tests import postgresql

pytestmark = pytest.mark.postgresql

PID = "SELECT pg_backend_pid() AS pid"
END_OTHERS = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)


@pytest.fixture
def arguments() -> dict[str, Any]:
    if postgresql.shared_cluster() is None:
        pytest.skip("PostgreSQL is not installed")
    return connection_arguments(postgresql.new_database(f"task_connections_{os.getpid()}"))


def test_a_connection_that_the_server_ended_is_replaced(arguments: dict[str, Any]) -> None:
    import psycopg

    async def use() -> tuple[int, int, int]:
        app = App(connector=create_connector(arguments))
        async with app.open_async():
            first = await app.connector.execute_query_one_async(PID)
            again = await app.connector.execute_query_one_async(PID)
            with psycopg.connect(**arguments, autocommit=True) as other:
                other.execute(END_OTHERS)
            last = await app.connector.execute_query_one_async(PID)
        return first["pid"], again["pid"], last["pid"]

    first, again, last = asyncio.run(use())
    assert first == again != last


def test_a_statement_is_a_transaction_that_does_not_wait_for_the_disk(arguments: dict[str, Any]) -> None:
    async def read() -> dict[str, Any]:
        app = App(connector=create_connector(arguments))
        async with app.open_async():
            await app.connector.execute_query_async("CREATE TABLE numbers (number int)")
            await app.connector.execute_query_async("INSERT INTO numbers VALUES (1)")
            return await app.connector.execute_query_one_async(
                "SELECT current_setting('synchronous_commit') AS waits, count(*) AS rows FROM numbers"
            )

    assert asyncio.run(read()) == {"waits": "off", "rows": 1}
