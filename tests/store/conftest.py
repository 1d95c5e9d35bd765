"""The tests of the store create their databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.database_template import create_new_databases


@pytest.fixture(autouse=True)
def new_databases_are_created() -> Iterator[None]:
    with create_new_databases():
        yield
