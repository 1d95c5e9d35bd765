"""The connections of procrastinate's worker: a pool that costs few round trips to the server.

Each statement is a transaction by itself, so that nothing begins or ends one. The commits do not wait
for the disk. If the machine of the server fails, those of the last second are lost: a task that was taken is
taken again, and one that was finished counts as a task of a worker that died. In both cases the row of the
post says that nothing is left to do.
"""

from __future__ import annotations

import select
from collections.abc import Mapping
from typing import Any

from procrastinate import PsycopgConnector
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

CONNECTIONS = 4
"""Each is used for a moment at the start and the end of a task; one listens for new tasks."""

CLOSE_SECONDS = 1.0
"""For a connection that is being opened to a server that does not answer, when the pool is closed."""


def create_connector(arguments: Mapping[str, Any]) -> PsycopgConnector:
    """A connector that is not open yet; `arguments` are those of `psycopg.connect`."""
    settings = dict(arguments)
    address = settings.pop("conninfo")
    return PsycopgConnector(
        conninfo=address,
        kwargs=settings,
        min_size=1,
        max_size=CONNECTIONS,
        pool_factory=_create_pool,
        configure=_configure,
    )


class _Pool(AsyncConnectionPool):
    async def close(self, timeout: float = CLOSE_SECONDS) -> None:
        await super().close(timeout)


def _create_pool(**arguments: Any) -> AsyncConnectionPool:
    return _Pool(**(arguments | {"check": check_connection}))


async def _configure(connection: AsyncConnection[Any]) -> None:
    await connection.set_autocommit(True)
    await connection.execute("SET synchronous_commit TO off")


async def check_connection(connection: AsyncConnection[Any]) -> None:
    """Raise `psycopg.OperationalError` if the server has closed a connection of the pool.

    procrastinate would ask the server before each statement. A server that ends a connection says so, or
    closes it. So there is nothing to ask while there is nothing to read.
    """
    if _is_readable(connection.fileno()):
        await AsyncConnectionPool.check_connection(connection)


def _is_readable(descriptor: int) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))
