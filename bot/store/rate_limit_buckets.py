"""The counts of requests to a server, which all nodes with the same IP address share."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import ARRAY, String, any_, bindparam, select, update

from bot.store.database import Database
from bot.store.dialects import insert
from bot.store.tables import rate_limit_buckets

State = dict[str, Any]
_columns = rate_limit_buckets.c
_of_address = (_columns.server == bindparam("of_server")) & (_columns.egress == bindparam("of_egress"))
_READ = select(_columns.state).where(_of_address, _columns.bucket == bindparam("of_bucket"))
_LOCK = (
    select(_columns.bucket, _columns.state)
    .where(_of_address, _columns.bucket == any_(bindparam("of_buckets", type_=ARRAY(String))))
    .order_by(_columns.bucket)  # two nodes that lock several rows do not wait for each other
    .with_for_update()
)
_ADD = insert(rate_limit_buckets).on_conflict_do_nothing()
_WRITE = update(rate_limit_buckets).where(_of_address, _columns.bucket == bindparam("of_bucket"))


class RateLimitBuckets:
    """The counts of one server, for one IP address of ours (`bot.platforms.shared_counts.BucketStates`)."""

    def __init__(self, database: Database, server: str, egress: str) -> None:
        self._database = database
        self._server = server
        self._egress = egress
        self._added: set[str] = set()
        """The buckets that have rows. Rows are never deleted while a node runs."""

    @contextmanager
    def change(self, names: Collection[str]) -> Iterator[dict[str, State]]:
        """The states by name, empty for a new one. Those that are replaced in the dict are stored at the end.

        The rows are locked until then.
        """
        about = {"of_server": self._server, "of_egress": self._egress}
        if not self._added.issuperset(names):
            self._add(names)
        with self._database.write_queries() as queries:
            states = {row.bucket: row.state for row in queries.all(_LOCK, **about, of_buckets=sorted(names))}
            before = dict(states)
            yield states
            for name, state in states.items():
                if state is not before[name]:
                    queries.change(_WRITE, **about, of_bucket=name, state=state)

    def _add(self, names: Collection[str]) -> None:
        """Add rows that are missing, in a transaction that locks no other rows.

        Two nodes that start would otherwise each wait for a row that the other one has added or locked.
        """
        new = {"server": self._server, "egress": self._egress, "state": {}}
        with self._database.write_transaction() as connection:
            connection.execute(_ADD, [{**new, "bucket": name} for name in sorted(names)])
        self._added.update(names)

    def read(self, name: str) -> State:
        """A state that may change at any time; empty for a new one."""
        row = self._database.first(_READ, of_server=self._server, of_egress=self._egress, of_bucket=name)
        return {} if row is None else row.state
