"""On several machines, a dead node and an account without a leader need attention."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from bot.notices.condition_kinds import Condition, ConditionKind
from bot.notices.conditions import Observations, find_conditions, observe
from bot.operations.health import Health
from bot.store import Database
from bot.store.account_leaders import CLUSTER_DUTIES, AccountLeaders
from bot.store.cluster_nodes import ClusterNodes, NewNode
from bot.store.cluster_report import ClusterReport, cluster_report
from tests.conftest import Clock
from tests.notices.conftest import WriteConfig

LEASE = timedelta(seconds=15)
DEAD_AT_ONCE = timedelta(0)
KINDS = (ConditionKind.NODE, ConditionKind.NO_LEADER)
on_postgresql = pytest.mark.engines("postgresql")


def start_node(database: Database, name: str) -> None:
    node = NewNode(name, "1", "host", 1, ("account", "read"), ("main",), "1.0")
    assert ClusterNodes(database).register(node, LEASE)


def found(write: WriteConfig, database: Database, clock: Clock, lease: timedelta = LEASE) -> list[Condition]:
    """The conditions about the cluster, if a node without heartbeats is dead after `lease`."""
    observed: Observations = replace(observe(database, clock()), cluster=cluster_report(database, lease))
    conditions = find_conditions(write(""), observed, clock(), Health(clock))
    return [each for each in conditions if each.kind in KINDS]


@on_postgresql
def test_nodes_that_report_and_lead_need_no_attention(
    database: Database, clock: Clock, config_with: WriteConfig
) -> None:
    start_node(database, "one")
    leaders = AccountLeaders(database)
    leaders.add(["main", CLUSTER_DUTIES])
    leaders.take("one", ["main", CLUSTER_DUTIES], LEASE)
    assert found(config_with, database, clock) == []
    assert len(observe(database, clock()).cluster.nodes) == 1


@on_postgresql
def test_a_dead_node_needs_attention_until_it_is_drained(
    database: Database, clock: Clock, config_with: WriteConfig
) -> None:
    start_node(database, "one")
    (condition,) = found(config_with, database, clock, DEAD_AT_ONCE)
    assert (condition.kind, condition.subject) == (ConditionKind.NODE, "Node one")
    assert condition.sentence.startswith("No heartbeat for 0 seconds. The other nodes do its work.")
    assert condition.sentence.endswith("if it is gone for good: precis drain one")
    assert ClusterNodes(database).drain("one", draining=True)
    assert found(config_with, database, clock, DEAD_AT_ONCE) == []


@on_postgresql
def test_a_node_that_was_stopped_needs_no_attention(
    database: Database, clock: Clock, config_with: WriteConfig
) -> None:
    start_node(database, "one")
    ClusterNodes(database).stop("one", "1")
    assert found(config_with, database, clock, DEAD_AT_ONCE) == []


@on_postgresql
def test_an_account_of_the_settings_without_a_leader_needs_attention(
    database: Database, clock: Clock, config_with: WriteConfig
) -> None:
    AccountLeaders(database).add(["main", "former", CLUSTER_DUTIES])
    (condition,) = found(config_with, database, clock)
    assert (condition.kind, condition.about) == (ConditionKind.NO_LEADER, "main")
    assert condition.sentence.startswith("No node has led it for 0 seconds, so nothing is polled")


@pytest.mark.engines("sqlite")
def test_a_single_machine_has_no_nodes(database: Database, clock: Clock) -> None:
    assert observe(database, clock()).cluster == ClusterReport()
