"""Two nodes of one process on a real PostgreSQL, with clocks that only the test moves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.cluster.leadership import Leadership
from bot.cluster.term import Term
from bot.core.cluster_timing import ClusterTiming
from bot.core.errors import LeadershipLost, StoreError
from bot.store import Accounts, Database
from bot.store.account_leaders import AccountLeaders
from bot.store.cluster_nodes import ClusterNodes
from tests.cluster.test_account_leaders import LEASE, a_node, pass_time

ACCOUNTS = ("home", "other")
TIMING = ClusterTiming()


class Monotonic:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Node:
    """A node with one thread: its work ends as soon as it has to."""

    def __init__(self, database: Database, name: str, accounts: tuple[str, ...] = ACCOUNTS) -> None:
        self.name = name
        self.database = database
        self.monotonic = Monotonic()
        self.begun: list[Term] = []
        self.leaders = AccountLeaders(database)
        assert ClusterNodes(database).register(a_node(name, accounts=accounts), LEASE)
        self.leaders.add(accounts)
        self.leadership = Leadership(
            name, "1", accounts, self.leaders, self, TIMING, monotonic=self.monotonic
        )

    def begin(self, term: Term) -> None:
        self.begun.append(term)

    def run_round(self, *, stopping: bool = False) -> list[str]:
        """The accounts that the node leads after a round and the end of work that has to stop."""
        self.leadership.run_round(stopping=stopping)
        for term in self.leadership.terms():
            if term.stopping.is_set():
                self.leadership.release(term)
        return [term.account for term in self.leadership.terms()]


def pass_time_for(database: Database, *nodes: Node, seconds: float) -> None:
    pass_time(database, timedelta(seconds=seconds))
    for node in nodes:
        node.monotonic.now += seconds


def test_a_second_node_gets_half_of_the_accounts(database: Database) -> None:
    first = Node(database, "a")
    assert first.run_round() == ["home", "other"]
    second = Node(database, "b")
    assert second.run_round() == []
    assert first.run_round() == ["other"]
    assert second.run_round() == ["home"]
    assert second.begun[0].handed_over


def test_accounts_of_a_dead_node_are_taken_over_after_the_lease(database: Database) -> None:
    first = Node(database, "a")
    first.run_round()
    second = Node(database, "b")
    pass_time_for(database, second, seconds=14.9)
    second.leadership.run_round()
    assert second.run_round() == []
    pass_time_for(database, second, seconds=0.2)
    assert second.run_round() == ["home", "other"]
    assert [(term.epoch, term.handed_over) for term in second.begun] == [(2, False), (2, False)]


def test_a_node_that_cannot_renew_stops_before_another_can_take_over(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = Node(database, "a")
    node.run_round()
    (term, _) = node.begun

    def refuse(*arguments: object, **options: object) -> None:
        raise StoreError("The server is gone.", temporary=True)

    with monkeypatch.context() as broken:
        broken.setattr(AccountLeaders, "renew", refuse)
        node.monotonic.now += 11.9
        node.leadership.run_round()
        node.leadership.end_expired()
        assert term.is_valid()
        node.monotonic.now += 0.2
        node.leadership.run_round()
        assert not term.is_valid()
        with pytest.raises(LeadershipLost):
            Accounts(database.guarded(term.guard), tokens_must_be_saved=True).save("home", "a token")
        node.leadership.end_expired()
    assert term.stopping.is_set()
    assert node.leadership.terms() == ()


def test_a_node_that_was_paused_learns_that_it_lost_its_accounts(database: Database) -> None:
    first = Node(database, "a")
    first.run_round()
    (term, _) = first.begun
    second = Node(database, "b")
    pass_time_for(database, first, second, seconds=20)
    second.run_round()
    assert second.run_round() == ["home", "other"]
    assert not term.is_valid()
    first.leadership.run_round()
    assert all(old.stopping.is_set() for old in first.begun[:2])


def test_a_node_that_stops_hands_everything_over_at_once(database: Database) -> None:
    first, second = Node(database, "a"), Node(database, "b")
    first.run_round()
    second.run_round()
    assert first.run_round(stopping=True) == []
    ClusterNodes(database).stop("a", "1")
    assert second.run_round() == ["home", "other"]


def test_a_drained_node_knows_it(database: Database) -> None:
    node = Node(database, "a")
    node.run_round()
    ClusterNodes(database).drain("a", draining=True)
    assert node.run_round() == []
    assert node.leadership.is_draining
    ClusterNodes(database).drain("a", draining=False)
    assert node.run_round() == ["home", "other"]
    assert not node.leadership.is_draining


def test_another_process_with_the_name_ends_all_terms(database: Database) -> None:
    node = Node(database, "a")
    node.run_round()
    pass_time(database)
    assert ClusterNodes(database).register(a_node("a", "2"), LEASE)
    assert node.run_round() == []
    assert node.leadership.is_superseded
    assert all(term.stopping.is_set() for term in node.begun)
