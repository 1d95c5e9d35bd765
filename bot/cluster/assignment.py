"""Which accounts a node takes and hands over: pure functions of what the database says.

Every node computes the same assignment from the same rows. So two nodes seldom want the same account, and
the database decides if they do.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

from msgspec import Struct

from bot.store.account_leaders import AccountLeader
from bot.store.cluster_nodes import ClusterNode, live_nodes

ACCOUNT_ROLE = "account"
"""Nodes with this role lead accounts."""


class Assignment(Struct, frozen=True):
    """What one node should do now."""

    take: tuple[str, ...]
    """Accounts that nobody leads."""
    hand_over: tuple[str, ...]
    """Accounts that it leads and another node should lead."""


def assign(
    node: str, nodes: Collection[ClusterNode], leaders: Sequence[AccountLeader], timing: AssignmentTiming
) -> Assignment:
    """Spread the accounts evenly over the live nodes that have them in their configs.

    A free account goes to the node with the fewest accounts. If that node does not take it soon, any node
    does. A node that leads two accounts more than another hands one over in each round.
    """
    able = {
        each.node: frozenset(each.accounts)
        for each in live_nodes(nodes, timing.lease)
        if ACCOUNT_ROLE in each.roles and each.draining_at is None
    }
    mine = tuple(each.account for each in leaders if each.holder == node and not each.is_free)
    if node not in able:
        return Assignment((), mine)
    counts = {name: _count(name, leaders) for name in able}
    take = []
    for leader in leaders:
        candidates = [name for name in able if leader.account in able[name]]
        if not leader.is_free or not candidates:
            continue
        chosen = min(candidates, key=lambda name: (counts[name], name))
        counts[chosen] += 1
        if chosen == node or (node in candidates and leader.free_for >= timing.patience):
            take.append(leader.account)
    return Assignment(tuple(take), _surplus(node, mine, able, counts))


class AssignmentTiming(Struct, frozen=True):
    """The times that matter to an assignment."""

    lease: timedelta
    """A node without a heartbeat for so long is dead."""
    patience: timedelta
    """How long an account stays free for the node that should take it."""


def _count(node: str, leaders: Sequence[AccountLeader]) -> int:
    return sum(each.holder == node and not each.is_free for each in leaders)


def _surplus(
    node: str, mine: tuple[str, ...], able: dict[str, frozenset[str]], counts: dict[str, int]
) -> tuple[str, ...]:
    """The account that the node should hand over, if there is one."""
    for account in mine:
        others = [counts[name] for name in able if name != node and account in able[name]]
        if others and counts[node] - min(others) >= 2:
            return (account,)
    return ()
