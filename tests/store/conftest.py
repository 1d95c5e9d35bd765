"""Databases that are created as for users, and databases that several nodes use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from bot.store import Database
from tests.conftest import START
from tests.database_template import create_new_databases


@pytest.fixture
def new_databases_are_created() -> Iterator[None]:
    """For tests of what happens while the tables are created. The others copy the template."""
    with create_new_databases():
        yield


creates_tables = pytest.mark.usefixtures("new_databases_are_created")


@pytest.fixture
def nodes(database: Database) -> Iterator[list[Database]]:
    others = [Database(database.location, START) for _ in range(3)]
    yield [database, *others]
    for other in others:
        other.close()


def at_once(nodes: list[Database], work: Callable[[Database, int], Any]) -> list[Any]:
    """The results of work that all nodes start at the same moment."""
    start = Barrier(len(nodes))

    def run(number: int) -> Any:
        start.wait(30)
        return work(nodes[number], number)

    with ThreadPoolExecutor(len(nodes)) as threads:
        return list(threads.map(run, range(len(nodes))))
