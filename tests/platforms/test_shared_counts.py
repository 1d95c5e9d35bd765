"""Several processes count their requests to a server together."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.platforms.buckets import HOLD, BucketState, Limit
from bot.platforms.fixed_window import FixedWindow
from bot.platforms.shared_counts import SharedCounts
from bot.platforms.token_bucket import TokenBucket
from bot.sandbox.lemmy.rate_limits import RateLimits, TokenBuckets

START = datetime(2026, 3, 1, tzinfo=UTC)
BucketClass = type[TokenBucket | FixedWindow]


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


class AnyWindow(RateLimits):
    """A server with fixed windows that may start at any time: none of them may have too many requests."""

    times: list[float] | None = None

    def _count(self, key: tuple[str, str], capacity: int, seconds: int) -> bool:
        now = self._clock().timestamp()
        self.times = [time for time in self.times or [] if time > now - seconds] + [now]
        return len(self.times) <= capacity


SERVERS: dict[BucketClass, type[RateLimits]] = {TokenBucket: TokenBuckets, FixedWindow: AnyWindow}


class JsonStates:
    """States that are stored as text, and how often one was changed."""

    def __init__(self) -> None:
        self.stored: dict[str, str] = {}
        self.changes = 0
        self.writes = 0

    @contextmanager
    def change(self, names: Collection[str]) -> Iterator[dict[str, BucketState]]:
        self.changes += 1
        states = {name: self.read(name) for name in names}
        before = dict(states)
        yield states
        new = {name: json.dumps(state) for name, state in states.items() if state is not before[name]}
        self.stored.update(new)
        self.writes += len(new)

    def read(self, name: str) -> BucketState:
        found: BucketState = json.loads(self.stored.get(name, "{}"))
        return found


def shared(states: JsonStates, limit: Limit, bucket_type: BucketClass = TokenBucket) -> SharedCounts:
    return SharedCounts(states, bucket_type, {"message": limit}, reserve=0)


@settings(max_examples=40, deadline=None)
@pytest.mark.parametrize("bucket_type", SERVERS)
@given(
    limit=st.builds(Limit, st.integers(1, 100), st.sampled_from((10, 60, 600))),
    steps=st.lists(
        st.tuples(
            st.integers(0, 2),
            st.just(0.0) | st.floats(0, 2) | st.floats(0, 100),
            st.integers(1, 25),
            st.just(0.0) | st.floats(0, 3),
        ),
        min_size=5,
        max_size=20,
    ),
)
def test_three_processes_together_never_send_more_than_the_server_allows(
    bucket_type: BucketClass, limit: Limit, steps: list[tuple[int, float, int, float]]
) -> None:
    """Each step is a burst of one process; each request is answered after some time."""
    server_clock, now = [START], 0.0
    server = SERVERS[bucket_type](lambda: server_clock[0], {"message": (limit.capacity, limit.seconds)})
    states = JsonStates()
    processes = [shared(states, limit, bucket_type) for _ in range(3)]
    for process, pause, burst, latency in steps:
        now += pause
        for _ in range(burst):
            if processes[process].take(("message",), at(now)) is None:
                server_clock[0] = at(now + latency / 2)
                assert server.allow("message", "one address")
                now += latency
                processes[process].record_response(("message",), at(now))


@pytest.mark.parametrize("bucket_type", SERVERS)
def test_requests_that_were_counted_in_advance_may_be_sent_as_late_as_allowed(
    bucket_type: BucketClass,
) -> None:
    limit, server_clock, states = Limit(50, 60), [START], JsonStates()
    server = SERVERS[bucket_type](lambda: server_clock[0], {"message": (limit.capacity, limit.seconds)})
    one, other = shared(states, limit, bucket_type), shared(states, limit, bucket_type)

    def send(counts: SharedCounts, seconds: float) -> bool:
        if counts.take(("message",), at(seconds)) is not None:
            return False
        server_clock[0] = at(seconds)
        assert server.allow("message", "one address")
        return True

    for _ in range(4):
        assert send(one, 0)
    while send(other, 0):
        pass
    changes = states.changes
    assert [send(one, seconds) for seconds in (1.2, 2.4, 4.8)] == [True] * 3
    assert states.changes == changes, "it had counted them in advance"
    for seconds in (6.1, 6.2, 6.3, 61.1, 62.1):
        while send(other, seconds):
            pass


@pytest.mark.parametrize("bucket_type", SERVERS)
def test_a_burst_needs_few_changes_of_the_stored_count(bucket_type: BucketClass) -> None:
    states = JsonStates()
    counts = shared(states, Limit(180, 60), bucket_type)
    for request in range(60):
        assert counts.take(("message",), at(request / 100)) is None
        counts.record_response(("message",), at(request / 100 + 0.005))
    assert states.changes <= 8


@pytest.mark.parametrize("bucket_type", SERVERS)
def test_a_limit_that_is_reported_again_is_not_stored_again(bucket_type: BucketClass) -> None:
    states, limit, new = JsonStates(), Limit(20, 60), Limit(30, 60)
    counts, other = (SharedCounts(states, bucket_type, {"post": limit}, 0) for _ in range(2))
    counts.resize({"post": limit})
    for second in range(5):
        counts.take(("post",), at(second))
    written = states.writes
    counts.resize({"post": limit})
    assert states.writes == written
    other.resize({"post": new})
    assert states.writes == written + 1
    counts.resize({"post": limit})  # an answer that was on its way
    assert states.writes == written + 2


def test_single_requests_do_not_use_up_more_than_they_are() -> None:
    states = JsonStates()
    counts = shared(states, Limit(180, 3600), FixedWindow)
    allowed = [counts.take(("message",), at(10 * number)) for number in range(180)]
    assert allowed == [None] * 180


def test_what_was_counted_in_advance_is_not_used_after_its_time() -> None:
    states = JsonStates()
    counts = shared(states, Limit(180, 60))
    for _ in range(4):  # one, two, and one of four
        counts.take(("message",), START)
    assert states.changes == 3
    counts.take(("message",), START + HOLD + timedelta(seconds=1))
    assert states.changes == 4


def test_a_clock_set_back_makes_nothing_last_longer() -> None:
    states = JsonStates()
    counts = shared(states, Limit(180, 60))
    for _ in range(4):
        counts.take(("message",), at(86_400))
    assert counts.take(("message",), START) is None
    assert states.changes == 4
    assert counts.ready_at("message", at(1)) <= at(10)


def test_a_refusal_ends_what_was_counted_in_advance() -> None:
    states = JsonStates()
    counts = shared(states, Limit(180, 60))
    for _ in range(4):
        counts.take(("message",), START)
    ready_at = counts.record_refusal("message", START)
    assert ready_at > START
    assert counts.take(("message",), START) == ready_at


def test_few_requests_are_counted_one_by_one() -> None:
    states = JsonStates()
    counts = SharedCounts(states, TokenBucket, {"comment": Limit(6, 600)}, reserve=1)
    assert [counts.take(("comment",), START) is None for _ in range(6)] == [True] * 5 + [False]
    assert counts.ready_at("comment", START) == at(101)
