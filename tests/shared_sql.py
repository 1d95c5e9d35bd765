"""One cache of compiled SQL for all databases of the tests.

SQLAlchemy has one for each engine. A daemon opens one database for months; the tests open thousands, and
would compile the same statements for each of them.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, event


class SharedSqlCache(dict[Any, Any]):
    """What SQLAlchemy accepts as `compiled_cache`. The keys start with the dialect object of one engine."""

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:
        return super().get((type(key[0]), *key[1:]), default)

    def __setitem__(self, key: tuple[Any, ...], compiled: Any) -> None:
        super().__setitem__((type(key[0]), *key[1:]), compiled)


def share_compiled_sql() -> None:
    """Let all engines of this process use one cache from now on."""
    shared = SharedSqlCache()

    @event.listens_for(Engine, "engine_connect")
    def use_shared_cache(connection: Connection) -> None:
        connection.execution_options(compiled_cache=shared)
