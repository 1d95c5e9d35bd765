"""What nodes cost more than a single machine is divided into overhead and contention."""

from __future__ import annotations

import pytest

from benchmarks.node_costs import Cost, Result, divide


def result(machines: int, nodes: float, readers: float, postgresql: float | None = None) -> Result:
    cost = Cost(1, 1.0, nodes, readers, postgresql or 0.0)
    return Result("run", machines, postgresql is not None, 1, 0, 0, 0, first=cost, later=cost, at_rest=0.0)


def test_one_node_is_compared_with_one_single_machine() -> None:
    single, node = result(1, 10, 20), result(1, 12, 20, 4)
    assert divide(node, [single, node]) == pytest.approx((0.3, 0))


def test_contention_makes_the_same_work_take_longer() -> None:
    """Everything takes twice as long as on one machine; the nodes need 8 more, with a reading of 40."""
    single, four = result(1, 10, 20), result(4, 20, 40)
    nodes = result(4, 22, 40, 6)
    assert divide(nodes, [single, four, nodes]) == pytest.approx((0.2, 1.7))


def test_more_nodes_than_accounts_are_compared_with_one_single_machine() -> None:
    single, nodes = result(1, 10, 20), result(8, 12, 20, 4)
    assert divide(nodes, [single, nodes]) == pytest.approx((0.3, 0))
