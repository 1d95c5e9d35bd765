"""The nodes of a cluster: who they are, when they last reported, and which of them are being drained.

All times are the database's, because the nodes' clocks differ. These statements run on PostgreSQL only.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Interval, bindparam, case, delete, func, or_, select, type_coerce, update

from bot.store.column_types import UtcDateTime
from bot.store.database import Database
from bot.store.dialects import insert
from bot.store.tables import nodes

DATABASE_NOW = func.timezone("UTC", func.now(), type_=UtcDateTime)
"""The time at which the transaction began, by the database's clock."""
KEPT = timedelta(days=7)
"""How long a node is listed after its last heartbeat."""


class NewNode(Struct, frozen=True):
    """A node that starts."""

    node: str
    instance: str
    host: str
    pid: int
    roles: tuple[str, ...]
    accounts: tuple[str, ...]
    version: str


class ClusterNode(Struct, frozen=True):
    """A node as the database knows it."""

    node: str
    instance: str
    host: str
    pid: int
    roles: tuple[str, ...]
    accounts: tuple[str, ...]
    version: str
    reads: int
    """Posts that it processes now."""
    started_at: datetime
    heartbeat_at: datetime
    silent_for: timedelta
    """Since its last heartbeat, by the database's clock."""
    stopped_at: datetime | None
    draining_at: datetime | None


_names = (
    *("instance", "host", "pid", "roles", "accounts", "version"),
    *("reads", "started_at", "heartbeat_at", "stopped_at"),
)
_new = insert(nodes).values(
    node=bindparam("node"),
    instance=bindparam("instance"),
    host=bindparam("host"),
    pid=bindparam("pid"),
    roles=bindparam("roles"),
    accounts=bindparam("accounts"),
    version=bindparam("version"),
    reads=0,
    started_at=DATABASE_NOW,
    heartbeat_at=DATABASE_NOW,
    stopped_at=None,
)
_REGISTER = _new.on_conflict_do_update(
    index_elements=["node"],
    set_={name: _new.excluded[name] for name in _names},
    where=or_(
        nodes.c.stopped_at.is_not(None),
        nodes.c.heartbeat_at <= DATABASE_NOW - bindparam("lease", type_=Interval),
    ),
).returning(nodes.c.node)
"""A node that was drained stays drained after a restart."""
_of_instance = (nodes.c.node == bindparam("of_node")) & (nodes.c.instance == bindparam("of_instance"))
_HEARTBEAT = (
    update(nodes)
    .where(_of_instance)
    .values(heartbeat_at=DATABASE_NOW, reads=bindparam("now_reading"))
    .returning(nodes.c.node)
)
_STOP = update(nodes).where(_of_instance).values(stopped_at=DATABASE_NOW, reads=0)
_DRAIN = (
    update(nodes)
    .where(nodes.c.node == bindparam("of_node"))
    .values(draining_at=case((bindparam("draining"), func.coalesce(nodes.c.draining_at, DATABASE_NOW))))
    .returning(nodes.c.node)
)
_LIST = select(
    nodes, type_coerce(DATABASE_NOW - nodes.c.heartbeat_at, Interval).label("silent_for")
).order_by(nodes.c.node)
_FORGET = delete(nodes).where(nodes.c.heartbeat_at <= DATABASE_NOW - bindparam("kept", type_=Interval))


class ClusterNodes:
    """Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def register(self, node: NewNode, lease: timedelta) -> bool:
        """Add the node; False while another process with its name reports heartbeats."""
        values: dict[str, Any] = {
            "node": node.node,
            "instance": node.instance,
            "host": node.host,
            "pid": node.pid,
            "roles": " ".join(node.roles),
            "accounts": list(node.accounts),
            "version": node.version,
        }
        with self._database.write_transaction() as connection:
            connection.execute(_FORGET, {"kept": KEPT})
            return connection.execute(_REGISTER, {**values, "lease": lease}).first() is not None

    def stop(self, node: str, instance: str) -> None:
        """The node was stopped regularly, so nothing has to wait for it."""
        with self._database.write_transaction() as connection:
            connection.execute(_STOP, {"of_node": node, "of_instance": instance})

    def drain(self, node: str, *, draining: bool) -> bool:
        """Let a node take no more work, or work again; False if there is no such node."""
        with self._database.write_transaction() as connection:
            found = connection.execute(_DRAIN, {"of_node": node, "draining": draining}).first()
            return found is not None

    def list_all(self) -> tuple[ClusterNode, ...]:
        """All nodes by name, also those that are dead or stopped."""
        with self._database.read_transaction() as connection:
            return list_nodes(connection)


def record_heartbeat(connection: Connection, node: str, instance: str, reads: int) -> bool:
    """Whether the process is still the node of that name."""
    about = {"of_node": node, "of_instance": instance, "now_reading": reads}
    return connection.execute(_HEARTBEAT, about).first() is not None


def list_nodes(connection: Connection) -> tuple[ClusterNode, ...]:
    """All nodes by name."""
    return tuple(
        ClusterNode(
            node=row.node,
            instance=row.instance,
            host=row.host,
            pid=row.pid,
            roles=tuple(row.roles.split()),
            accounts=tuple(row.accounts),
            version=row.version,
            reads=row.reads,
            started_at=row.started_at,
            heartbeat_at=row.heartbeat_at,
            silent_for=row.silent_for,
            stopped_at=row.stopped_at,
            draining_at=row.draining_at,
        )
        for row in connection.execute(_LIST)
    )


def live_nodes(found: Collection[ClusterNode], lease: timedelta) -> tuple[ClusterNode, ...]:
    """The nodes that report heartbeats."""
    return tuple(node for node in found if node.stopped_at is None and node.silent_for < lease)
