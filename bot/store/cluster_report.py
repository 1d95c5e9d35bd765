"""What the operator sees of a cluster: its nodes, and which node leads each account."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from bot.core.cluster_timing import ClusterTiming
from bot.store.sqlite_reader import SqliteReader

if TYPE_CHECKING:
    from bot.store.account_leaders import AccountLeader
    from bot.store.cluster_nodes import ClusterNode
    from bot.store.database import Database

_LEASE = ClusterTiming().lease


class NodeState(StrEnum):
    RUNNING = "running"
    DRAINING = "draining"
    """It takes no more work, and has not finished yet."""
    EMPTY = "empty"
    """It was drained: it does nothing."""
    STOPPED = "stopped"
    DEAD = "dead"
    """It did not stop regularly, and sends no heartbeats."""


class NodeReport(Struct, frozen=True):
    node: ClusterNode
    state: NodeState
    leads: tuple[str, ...]
    """Accounts."""
    has_duties: bool
    """Whether it does what happens once in a cluster: notices, housekeeping."""


class ClusterReport(Struct, frozen=True):
    """Both empty on a single machine."""

    nodes: tuple[NodeReport, ...] = ()
    leaders: tuple[AccountLeader, ...] = ()
    """Of accounts."""


def cluster_report(database: Database | SqliteReader, lease: timedelta = _LEASE) -> ClusterReport:
    """The nodes and leaders now; a node without heartbeats for the time `lease` is dead."""
    if isinstance(database, SqliteReader) or database.path is not None:
        return ClusterReport()
    # They load SQLAlchemy, which a report of a single machine does without.
    from bot.store.account_leaders import CLUSTER_DUTIES, list_leaders
    from bot.store.cluster_nodes import list_nodes

    with database.read_transaction() as connection:
        nodes, leaders = list_nodes(connection), list_leaders(connection)

    def report_of(node: ClusterNode) -> NodeReport:
        led = [leader.account for leader in leaders if leader.holder == node.node and not leader.is_free]
        of_accounts = tuple(account for account in led if account != CLUSTER_DUTIES)
        return NodeReport(node, _state(node, led, lease), of_accounts, CLUSTER_DUTIES in led)

    return ClusterReport(
        tuple(map(report_of, nodes)),
        tuple(leader for leader in leaders if leader.account != CLUSTER_DUTIES),
    )


def _state(node: ClusterNode, led: list[str], lease: timedelta) -> NodeState:
    if node.stopped_at is not None:
        return NodeState.STOPPED
    if node.silent_for >= lease:
        return NodeState.DEAD
    if node.draining_at is None:
        return NodeState.RUNNING
    return NodeState.DRAINING if led or node.reads else NodeState.EMPTY
