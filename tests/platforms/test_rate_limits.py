from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.platforms.rate_limits import FixedWindow, Limit, RateLimits, TokenBucket
from bot.sandbox.lemmy.rate_limits import TokenBuckets

START = datetime(2026, 3, 1, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def test_the_sequence_that_a_real_server_was_measured_with() -> None:
    """A sliding window would have allowed the one at 70 s."""
    bucket = TokenBucket(Limit(6, 60))
    passed = [bucket.take(at(second)) for second in (0, 9, 18, 27, 36, 45, 61, 70, 72)]
    assert passed == [True] * 7 + [False, True]


def test_ready_at_names_a_time_that_holds() -> None:
    bucket = TokenBucket(Limit(6, 600))
    for _ in range(6):
        assert bucket.take(START)
    ready = bucket.ready_at(START)
    assert ready == at(101)
    assert not bucket.take(ready - timedelta(seconds=1))
    assert bucket.take(ready)


def test_the_reserve_is_left_for_others() -> None:
    bucket = TokenBucket(Limit(6, 600), reserve=1)
    assert sum(bucket.take(START) for _ in range(10)) == 5


def test_a_reserve_never_takes_the_last_token() -> None:
    assert TokenBucket(Limit(1, 60), reserve=3).take(START)


def test_the_answer_starts_the_clock_anew() -> None:
    bucket = TokenBucket(Limit(1, 60))
    bucket.take(START)
    bucket.record_answer(at(25))
    assert bucket.ready_at(at(25)) == at(86)


def test_a_refusal_empties_the_bucket() -> None:
    bucket = TokenBucket(Limit(6, 600))
    assert bucket.record_refusal(START) == at(101)
    assert not bucket.take(at(100))
    assert bucket.take(at(101))


def test_a_clock_set_back_makes_nobody_wait_for_it() -> None:
    bucket = TokenBucket(Limit(1, 60))
    bucket.take(at(86_400))
    assert not bucket.take(START)
    assert bucket.ready_at(START) == at(61)


def test_spent_tokens_stay_spent_when_the_server_tells_its_limits() -> None:
    bucket = TokenBucket(Limit(6, 600))
    for _ in range(4):
        bucket.take(START)
    bucket.resize(Limit(5, 600))
    assert [bucket.take(START) for _ in range(2)] == [True, False]


def test_pace_keeps_the_buckets_apart() -> None:
    pace = RateLimits({"comment": Limit(1, 60), "message": Limit(1, 60)}, reserve=0)
    assert pace.take(("comment",), START) is None
    assert pace.take(("comment",), START) == at(61)
    assert pace.take(("message",), START) is None


def test_pace_ignores_limits_of_buckets_it_does_not_have() -> None:
    pace = RateLimits({"comment": Limit(1, 60)})
    pace.resize({"comment": Limit(9, 60), "image": Limit(2, 3)})
    assert pace.limits() == {"comment": Limit(9, 60)}


@settings(max_examples=150)
@given(
    capacity=st.integers(1, 30),
    seconds=st.integers(1, 20),
    steps=st.lists(
        st.tuples(st.just(0.0) | st.floats(0, 5), st.just(0.0) | st.floats(0, 0.5)), min_size=10, max_size=80
    ),
    phase=st.floats(0, 1),
)
def test_never_more_generous_than_the_server(
    capacity: int, seconds: int, steps: list[tuple[float, float]], phase: float
) -> None:
    """Requests go out after `pause` and arrive at any time before they are answered."""
    now = phase
    server_clock = [START]
    server = TokenBuckets(lambda: server_clock[0], {"comment": (capacity, seconds)})
    mirror = TokenBucket(Limit(capacity, seconds))
    for pause, latency in steps:
        now += pause
        if mirror.take(at(now)):
            server_clock[0] = at(now + latency / 2)
            assert server.allow("comment", "one address")
            now += latency
            mirror.record_answer(at(now))


class ServersWindow:
    """As Lemmy 1.0 was measured: so many from the first one on, then shut until the time is over."""

    def __init__(self, limit: Limit, opened: float | None) -> None:
        self.limit = limit
        self.opened = opened
        self.used = 0 if opened is None else 1

    def allow(self, second: float) -> bool:
        if self.opened is None or second - self.opened >= self.limit.seconds:
            self.opened, self.used = second, 0
        self.used += 1
        return self.used <= self.limit.capacity


def test_the_window_that_a_real_server_was_measured_with() -> None:
    server = ServersWindow(Limit(3, 10), None)
    passed = [server.allow(second) for second in (0, 1, 2, 3, 8, 10.5, 11, 11.5, 12)]
    assert passed == [True] * 3 + [False] * 2 + [True] * 3 + [False]


def test_a_window_is_open_again_when_its_time_is_over() -> None:
    bucket = FixedWindow(Limit(6, 600), reserve=1)
    assert sum(bucket.take(START) for _ in range(10)) == 5
    assert bucket.ready_at(START) == at(601)
    assert not bucket.take(at(600))
    assert sum(bucket.take(at(601)) for _ in range(10)) == 5


def test_a_refusal_by_the_server_shuts_the_window_for_its_whole_length() -> None:
    bucket = FixedWindow(Limit(6, 600))
    assert bucket.record_refusal(START) == at(601)
    assert not bucket.take(at(600))
    assert bucket.take(at(601))


def test_a_window_too_waits_for_no_clock_that_was_set_back() -> None:
    bucket = FixedWindow(Limit(1, 60))
    bucket.take(at(86_400))
    assert not bucket.take(START)
    assert bucket.ready_at(START) == at(61)


def test_a_window_counts_from_the_answer_on() -> None:
    bucket = FixedWindow(Limit(1, 60))
    bucket.take(START)
    bucket.record_answer(at(25))
    assert bucket.ready_at(at(25)) == at(86)


@settings(deadline=None)
@given(
    waits=st.lists(st.floats(0, 30), min_size=1, max_size=80),
    opened=st.none() | st.floats(-59, 0),
    capacity=st.integers(2, 6),
)
def test_wherever_the_servers_windows_begin_none_is_ever_full(
    waits: list[float], opened: float | None, capacity: int
) -> None:
    """With one request left for others, of whom one may have opened the first window."""
    limit = Limit(capacity, 60)
    ours, server, second = FixedWindow(limit, reserve=1), ServersWindow(limit, opened), 0.0
    for wait in waits:
        second += wait
        if ours.take(at(second)):
            assert server.allow(second)


def test_a_server_that_was_upgraded_is_counted_anew() -> None:
    pace = RateLimits({"comment": Limit(1, 60)}, reserve=0)
    pace.take(("comment",), START)
    pace.switch_to(FixedWindow, {"comment": Limit(2, 60)})
    assert [pace.take(("comment",), START) for _ in range(3)] == [None, None, at(61)]
