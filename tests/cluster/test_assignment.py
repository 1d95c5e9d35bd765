"""Which accounts a node takes and hands over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.cluster.assignment import Assignment, AssignmentTiming, assign
from bot.store.account_leaders import AccountLeader
from bot.store.cluster_nodes import ClusterNode

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
TIMING = AssignmentTiming(lease=15 * SECOND, patience=10 * SECOND)
ACCOUNTS = tuple("abcdef")


def a_node(name: str, *, accounts: tuple[str, ...] = ACCOUNTS, silent: int = 0) -> ClusterNode:
    return ClusterNode(
        node=name,
        instance="1",
        host="host",
        pid=1,
        roles=("account", "read"),
        accounts=accounts,
        version="1.0",
        reads=0,
        started_at=NOW,
        heartbeat_at=NOW,
        silent_for=silent * SECOND,
        stopped_at=None,
        draining_at=None,
    )


def led_by(holders: Mapping[str, str | None], free_for: int = 0) -> list[AccountLeader]:
    """Leaders of accounts; None for a free one."""
    return [
        AccountLeader(account, holder or "", 1, NOW, free_for * SECOND if holder is None else -SECOND)
        for account, holder in sorted(holders.items())
    ]


def test_a_node_that_is_alone_takes_everything() -> None:
    leaders = led_by(dict.fromkeys(ACCOUNTS))
    assert assign("x", [a_node("x"), a_node("y", silent=15)], leaders, TIMING) == Assignment(ACCOUNTS, ())


def test_two_nodes_share_free_accounts() -> None:
    nodes, leaders = [a_node("x"), a_node("y")], led_by(dict.fromkeys(ACCOUNTS))
    assert assign("x", nodes, leaders, TIMING).take == ("a", "c", "e")
    assert assign("y", nodes, leaders, TIMING).take == ("b", "d", "f")


def test_a_new_node_gets_accounts_until_both_have_the_same() -> None:
    nodes, holders = [a_node("x"), a_node("y")], dict.fromkeys("abc", "x")
    assert assign("x", nodes, led_by(holders), TIMING).hand_over == ("a",)
    holders["a"] = "y"
    assert assign("x", nodes, led_by(holders), TIMING) == Assignment((), ())
    assert assign("y", nodes, led_by(holders), TIMING) == Assignment((), ())


def test_a_drained_node_hands_everything_over_and_takes_nothing() -> None:
    nodes = [replace(a_node("x"), draining_at=NOW), a_node("y")]
    leaders = led_by({"a": "x", "b": "x", "c": None})
    assert assign("x", nodes, leaders, TIMING) == Assignment((), ("a", "b"))
    assert assign("y", nodes, leaders, TIMING).take == ("c",)


def test_a_node_that_only_reads_takes_nothing() -> None:
    nodes = [replace(a_node("x"), roles=("read",))]
    assert assign("x", nodes, led_by({"a": None}), TIMING).take == ()


def test_an_account_goes_to_a_node_that_has_it_in_its_config() -> None:
    nodes = [a_node("x", accounts=("a",)), a_node("y", accounts=("a", "b"))]
    leaders = led_by({"a": "x", "b": None})
    assert assign("x", nodes, leaders, TIMING).take == ()
    assert assign("y", nodes, leaders, TIMING).take == ("b",)
    led_alone = led_by({"b": "y", "c": "y"})
    assert assign("y", nodes, led_alone, TIMING).hand_over == ()


def test_any_node_takes_an_account_that_the_chosen_one_leaves_free() -> None:
    nodes = [a_node("x"), a_node("y")]
    assert assign("y", nodes, led_by({"a": None}, free_for=9), TIMING).take == ()
    assert assign("y", nodes, led_by({"a": None}, free_for=10), TIMING).take == ("a",)


@given(
    names=st.sets(st.sampled_from("uvwxyz"), min_size=1),
    holders=st.dictionaries(st.sampled_from(ACCOUNTS), st.sampled_from([*"uvwxyz", None]), min_size=1),
)
def test_all_nodes_agree_and_end_with_a_fair_share(names: set[str], holders: dict[str, str | None]) -> None:
    """Each round is what the nodes do within one renewal. Leaders that are dead have lost their accounts."""
    nodes = [a_node(name) for name in sorted(names)]
    led = {account: holder if holder in names else None for account, holder in holders.items()}
    for _ in range(12):
        plans = {name: assign(name, nodes, led_by(led), TIMING) for name in names}
        taken = [account for plan in plans.values() for account in plan.take]
        assert len(taken) == len(set(taken))
        for name, plan in plans.items():
            led |= dict.fromkeys(plan.hand_over)
            led |= dict.fromkeys(plan.take, name)
    counts = [list(led.values()).count(name) for name in names]
    assert None not in led.values()
    assert max(counts) - min(counts) <= 1
