"""Rate limits that several nodes count together, in rows of PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import takewhile

import pytest

from bot.core.errors import RetryLater, StoreError
from bot.platforms.fixed_window import FixedWindow
from bot.platforms.lemmy.rate_limits import DEFAULT_LIMITS
from bot.platforms.shared_counts import BucketStates, SharedCounts
from bot.platforms.token_bucket import TokenBucket
from bot.store import Database
from bot.store.rate_limit_buckets import RateLimitBuckets
from tests.conftest import START
from tests.store.conftest import at_once

pytestmark = pytest.mark.engines("postgresql")

SERVER = "lemmy https://lemmy.example"


def counts_of(
    database: Database, egress: str = "default", bucket_type: type[TokenBucket | FixedWindow] = TokenBucket
) -> SharedCounts:
    states: BucketStates = RateLimitBuckets(database, SERVER, egress)
    return SharedCounts(states, bucket_type, DEFAULT_LIMITS, reserve=1)


def take_all(counts: SharedCounts, name: str, tries: int) -> int:
    """How many of so many requests are allowed, until one is not."""
    return sum(1 for _ in takewhile(lambda _: counts.take((name,), START) is None, range(tries)))


@pytest.mark.parametrize("bucket_type", [TokenBucket, FixedWindow])
def test_nodes_at_one_address_never_write_more_than_the_limit(
    nodes: list[Database], bucket_type: type[TokenBucket | FixedWindow]
) -> None:
    taken = at_once(
        nodes, lambda database, _: take_all(counts_of(database, bucket_type=bucket_type), "comment", 6)
    )
    assert sum(taken) == 5, "six, less one for others at the address"


@pytest.mark.parametrize("bucket_type", [TokenBucket, FixedWindow])
def test_nodes_that_count_reads_in_advance_stay_within_the_limit(
    nodes: list[Database], bucket_type: type[TokenBucket | FixedWindow]
) -> None:
    taken = at_once(
        nodes, lambda database, _: take_all(counts_of(database, bucket_type=bucket_type), "message", 200)
    )
    assert sum(taken) == 179


def test_nodes_that_lock_the_same_buckets_in_another_order_do_not_deadlock(nodes: list[Database]) -> None:
    def take(database: Database, number: int) -> int:
        counts = counts_of(database)
        names = ("comment", "post") if number % 2 else ("post", "comment")
        return sum(counts.take(names, START) is None for _ in range(10))

    assert sum(at_once(nodes, take)) <= 5


def test_nodes_that_add_some_of_the_same_buckets_do_not_deadlock(nodes: list[Database]) -> None:
    def use(database: Database, number: int) -> None:
        for server in range(100):
            buckets = RateLimitBuckets(database, f"lemmy https://{server}.example", "default")
            for names in (("message",), ("comment", "message"))[number % 2 :]:
                with buckets.change(names):
                    pass

    at_once(nodes, use)


def test_nodes_with_addresses_of_their_own_have_the_whole_limit_each(nodes: list[Database]) -> None:
    taken = at_once(
        nodes, lambda database, number: take_all(counts_of(database, f"node-{number}"), "comment", 9)
    )
    assert taken == [5, 5, 5, 5]


def test_a_refusal_that_one_node_gets_holds_for_the_other(nodes: list[Database]) -> None:
    one, other = counts_of(nodes[0]), counts_of(nodes[1])
    ready_at = one.record_refusal("comment", START)
    assert ready_at > START
    assert other.take(("comment",), START) == ready_at
    assert other.ready_at("comment", START) == ready_at


def test_a_limit_that_one_node_has_read_holds_for_the_other(nodes: list[Database]) -> None:
    one, other = counts_of(nodes[0]), counts_of(nodes[1])
    one.resize({"comment": DEFAULT_LIMITS["register"]})
    assert take_all(other, "comment", 20) == 9


def test_a_state_in_an_unknown_form_counts_as_new(database: Database) -> None:
    with RateLimitBuckets(database, SERVER, "default").change(["comment: tokens"]) as states:
        states["comment: tokens"] = {"of": "another version"}
    assert take_all(counts_of(database), "comment", 9) == 5


class BrokenStates:
    """A database that is gone."""

    @contextmanager
    def change(self, names: object) -> Iterator[dict[str, dict[str, object]]]:
        raise StoreError("The server is gone.")
        yield {}

    def read(self, name: str) -> dict[str, object]:
        raise StoreError("The server is gone.")


def test_without_the_database_nothing_is_sent_and_no_response_is_lost() -> None:
    counts = SharedCounts(BrokenStates(), TokenBucket, DEFAULT_LIMITS, reserve=1)
    with pytest.raises(RetryLater, match="The server is gone") as caught:
        counts.take(("message",), START)
    assert START < caught.value.retry_at <= START + timedelta(minutes=1)
    counts.record_response(("comment",), START)
    assert counts.record_refusal("comment", START) == START + timedelta(minutes=10)
