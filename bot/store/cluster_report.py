"""What the operator sees of a cluster: its nodes, and which node leads each account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.core.cluster_timing import ClusterTiming
from bot.store.account_leaders import CLUSTER_DUTIES, AccountLeader, list_leaders
from bot.store.cluster_nodes import ClusterNode, list_nodes
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


@dataclass(frozen=True, slots=True)
class NodeReport:
    node: ClusterNode
    state: NodeState
    leads: tuple[str, ...]
    """Accounts."""
    has_duties: bool
    """Whether it does what happens once in a cluster: notices, housekeeping."""


@dataclass(frozen=True, slots=True)
class ClusterReport:
    """Both empty on a single machine."""

    nodes: tuple[NodeReport, ...] = ()
    leaders: tuple[AccountLeader, ...] = ()
    """Of accounts."""


def cluster_report(database: Database, lease: timedelta = _LEASE) -> ClusterReport:
    """The nodes and leaders now; a node without heartbeats for the time `lease` is dead."""
    if database.path is not None:
        return ClusterReport()
    with database.read_transaction() as connection:
        nodes, leaders = list_nodes(connection), list_leaders(connection)
    return ClusterReport(
        tuple(_node_report(node, leaders, lease) for node in nodes),
        tuple(leader for leader in leaders if leader.account != CLUSTER_DUTIES),
    )


def _node_report(node: ClusterNode, leaders: tuple[AccountLeader, ...], lease: timedelta) -> NodeReport:
    led = [leader.account for leader in leaders if leader.holder == node.node and not leader.is_free]
    return NodeReport(
        node,
        _state(node, led, lease),
        tuple(account for account in led if account != CLUSTER_DUTIES),
        CLUSTER_DUTIES in led,
    )


def _state(node: ClusterNode, led: list[str], lease: timedelta) -> NodeState:
    if node.stopped_at is not None:
        return NodeState.STOPPED
    if node.silent_for >= lease:
        return NodeState.DEAD
    if node.draining_at is None:
        return NodeState.RUNNING
    return NodeState.DRAINING if led or node.reads else NodeState.EMPTY
