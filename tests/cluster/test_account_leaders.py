"""The rows of nodes and leaders on a real PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Interval, bindparam, text, update

from bot.core.errors import LeadershipLost
from bot.store import Accounts, Database
from bot.store.account_leaders import AccountLeaders, leadership_guard
from bot.store.cluster_nodes import ClusterNodes, NewNode, live_nodes
from bot.store.tables import account_leaders, nodes
from bot.store.write_guard import WriteGuard

LEASE = timedelta(seconds=15)
SPECIAL_NAMES = (
    "it's",
    "back\\slash",
    "100%",
    "a; b -- c",
    'q"uote',
    "$1 %s %(x)s",
    "été 🚤",
    "'';",
)
Begin = Callable[[Database], AbstractContextManager[Any]]
"""Begins a write transaction."""


def guard_of(node: str, account: str, epoch: int) -> WriteGuard:
    """A guard that only asks the database."""
    return leadership_guard(node, account, epoch, lambda: None)


def _lost() -> None:
    raise LeadershipLost("home")


WITHOUT_DATABASE = leadership_guard("a", "home", 1, _lost)
"""The deadline of the leadership is over."""


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
    first = Accounts(database.guarded(guard_of("a", "home", 1)), tokens_must_be_saved=True)
    first.save("home", "a token")
    pass_time(database)
    leaders.take("b", ["home"], LEASE)
    with pytest.raises(LeadershipLost):
        first.save("home", "another token")
    assert Accounts(database).load("home") == "a token"
    assert database.write_error is None


@pytest.mark.parametrize("begin", [Database.write_transaction, Database.write_queries])
def test_nobody_takes_an_account_over_during_a_write_of_its_leader(
    database: Database, leaders: AccountLeaders, begin: Begin
) -> None:
    leaders.take("a", ["home"], LEASE)
    pass_time(database)
    guarded = database.guarded(guard_of("a", "home", 1))
    with begin(guarded):
        assert leaders.take("b", ["home", "other"], LEASE)[0].account == "other"
    assert leaders.take("b", ["home"], LEASE)[0].epoch == 2


@pytest.mark.parametrize("begin", [Database.write_transaction, Database.write_queries])
def test_a_refused_write_leaves_no_transaction_open(
    database: Database, leaders: AccountLeaders, begin: Begin
) -> None:
    """Else its lock on the leader's row would hold up the next leader."""
    leaders.take("a", ["home"], LEASE)
    for guard in (guard_of("b", "home", 1), guard_of("a", "home", 2), WITHOUT_DATABASE):
        for _ in range(20):  # more than there are connections
            with pytest.raises(LeadershipLost), begin(database.guarded(guard)):
                raise AssertionError("it must not begin")
    sessions = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND state LIKE 'idle in transaction%'"
    )
    with database.write_transaction() as connection:
        assert connection.execute(sessions).scalar_one() == 0


@pytest.mark.parametrize("begin", [Database.write_transaction, Database.write_queries])
def test_names_with_special_characters_are_compared_as_they_are(database: Database, begin: Begin) -> None:
    leaders = AccountLeaders(database)
    for number, name in enumerate((*SPECIAL_NAMES, "\0", "\ud800")):
        account = f"{name} {number}"
        leaders.add([account])
        leaders.take(name, [account], LEASE)
        with begin(database.guarded(guard_of(name, account, 1))):
            pass
        with pytest.raises(LeadershipLost), begin(database.guarded(guard_of(f"{name}'", account, 1))):
            pass


@pytest.mark.parametrize("community", SPECIAL_NAMES)
def test_one_transaction_at_a_time_has_a_community(database: Database, community: str) -> None:
    """The lock is the one of an earlier version, because nodes of both may run for a moment."""
    locked = text("SELECT pg_try_advisory_xact_lock(7402, hashtext(:name))")
    with database.write_queries(community):
        for name, is_free in ((community, False), (f"{community}x", True)):
            with database.write_transaction() as connection:
                assert connection.execute(locked, {"name": name}).scalar_one() is is_free


def test_a_renewal_and_a_write_of_the_leader_do_not_wait_for_each_other(
    database: Database, leaders: AccountLeaders
) -> None:
    ClusterNodes(database).register(a_node("a"), LEASE)
    leaders.take("a", ["home"], LEASE)
    guarded = database.guarded(guard_of("a", "home", 1))
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
