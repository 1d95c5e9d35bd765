"""The rows of nodes and leaders on a real PostgreSQL."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import Interval, bindparam, text, update

from bot.core.errors import LeadershipLost
from bot.store import Accounts, Database
from bot.store.account_leaders import AccountLeaders, leadership_guard
from bot.store.cluster_nodes import ClusterNodes, NewNode, live_nodes
from bot.store.tables import account_leaders, nodes

LEASE = timedelta(seconds=15)


def a_node(node: str, instance: str = "1", accounts: tuple[str, ...] = ("home", "other")) -> NewNode:
    return NewNode(node, instance, "host", 1, ("account", "read"), accounts, "1.0")


def pass_time(database: Database, time: timedelta = LEASE) -> None:
    """Let all leases and heartbeats be older by this time."""
    past = bindparam("time", time, type_=Interval)
    with database.write_transaction() as connection:
        connection.execute(update(account_leaders).values(until=account_leaders.c.until - past))
        connection.execute(update(nodes).values(heartbeat_at=nodes.c.heartbeat_at - past))


@pytest.fixture
def leaders(database: Database) -> AccountLeaders:
    leaders = AccountLeaders(database)
    leaders.add(["home", "other"])
    return leaders


def test_a_node_with_the_name_of_a_living_one_is_refused(database: Database) -> None:
    table = ClusterNodes(database)
    assert table.register(a_node("a"), LEASE)
    assert not table.register(a_node("a", "2"), LEASE)
    pass_time(database)
    assert table.register(a_node("a", "2"), LEASE)
    (node,) = table.list_all()
    assert node.instance == "2"


def test_a_node_that_stopped_starts_again_at_once_and_stays_drained(database: Database) -> None:
    table = ClusterNodes(database)
    table.register(a_node("a"), LEASE)
    assert table.drain("a", draining=True)
    table.stop("a", "1")
    assert live_nodes(table.list_all(), LEASE) == ()
    assert table.register(a_node("a", "2"), LEASE)
    (node,) = live_nodes(table.list_all(), LEASE)
    assert node.draining_at is not None
    assert table.drain("a", draining=False)
    assert table.list_all()[0].draining_at is None
    assert not table.drain("b", draining=True)


def test_an_account_has_one_leader_and_each_takeover_is_a_new_epoch(
    database: Database, leaders: AccountLeaders
) -> None:
    (won,) = leaders.take("a", ["home"], LEASE)
    assert (won.epoch, won.handed_over) == (1, True)
    assert leaders.take("b", ["home"], LEASE) == ()
    pass_time(database)
    (won,) = leaders.take("b", ["home"], LEASE)
    assert (won.epoch, won.handed_over) == (2, False)
    leaders.release("b", "home", 2)
    (won,) = leaders.take("a", ["home"], LEASE)
    assert (won.epoch, won.handed_over) == (3, True)


def test_only_the_current_epoch_is_renewed(database: Database, leaders: AccountLeaders) -> None:
    ClusterNodes(database).register(a_node("a"), LEASE)
    leaders.take("a", ["home", "other"], LEASE)
    renewal = leaders.renew("a", "1", {"home": 1, "other": 7}, LEASE, reads=3)
    assert renewal.renewed == {"home"}
    assert renewal.nodes[0].reads == 3
    assert [leader.holder for leader in renewal.leaders] == ["a", "a"]
    assert leaders.renew("a", "2", {"home": 1}, LEASE, reads=0).is_registered is False


def test_a_leader_of_an_earlier_epoch_cannot_write(database: Database, leaders: AccountLeaders) -> None:
    leaders.take("a", ["home"], LEASE)
    first = Accounts(database.guarded(leadership_guard("a", "home", 1)), tokens_must_be_saved=True)
    first.save("home", "a token")
    pass_time(database)
    leaders.take("b", ["home"], LEASE)
    with pytest.raises(LeadershipLost):
        first.save("home", "another token")
    assert Accounts(database).load("home") == "a token"
    assert database.write_error is None


def test_nobody_takes_an_account_over_during_a_write_of_its_leader(
    database: Database, leaders: AccountLeaders
) -> None:
    leaders.take("a", ["home"], LEASE)
    pass_time(database)
    guarded = database.guarded(leadership_guard("a", "home", 1))
    with guarded.write_transaction():
        assert leaders.take("b", ["home", "other"], LEASE)[0].account == "other"
    assert leaders.take("b", ["home"], LEASE)[0].epoch == 2


def test_a_renewal_and_a_write_of_the_leader_do_not_wait_for_each_other(
    database: Database, leaders: AccountLeaders
) -> None:
    ClusterNodes(database).register(a_node("a"), LEASE)
    leaders.take("a", ["home"], LEASE)
    guarded = database.guarded(leadership_guard("a", "home", 1))
    with guarded.write_transaction():
        assert leaders.renew("a", "1", {"home": 1}, LEASE, reads=0).renewed == {"home"}
    with database.write_transaction() as connection:
        connection.execute(text("UPDATE account_leaders SET until = until + interval '1 s'"))
        with guarded.write_transaction():
            pass


def test_of_several_nodes_one_wins(database: Database, leaders: AccountLeaders) -> None:
    for epoch in range(1, 11):
        start, won = threading.Barrier(4), []

        def take(name: str, start: threading.Barrier = start, won: list[str] = won) -> None:
            start.wait()
            if leaders.take(name, ["home"], LEASE):
                won.append(name)

        threads = [threading.Thread(target=take, args=(name,)) for name in "abcd"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(won) == 1
        assert leaders.is_held(won[0], "home", epoch)
        pass_time(database)
