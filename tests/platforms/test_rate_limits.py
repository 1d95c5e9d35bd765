from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.platforms.buckets import Limit
from bot.platforms.fixed_window import FixedWindow
from bot.platforms.rate_limits import RateLimits
from bot.platforms.token_bucket import TokenBucket
from bot.sandbox.lemmy.rate_limits import TokenBuckets

START = datetime(2026, 3, 1, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def test_the_sequence_measured_on_a_real_server() -> None:
    """A sliding window would have allowed the request at 70 s."""
    bucket = TokenBucket(Limit(6, 60))
    allowed = [bucket.take(at(second)) for second in (0, 9, 18, 27, 36, 45, 61, 70, 72)]
    assert allowed == [True] * 7 + [False, True]


def test_ready_at_is_exact() -> None:
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


def test_the_answer_restarts_the_clock() -> None:
    bucket = TokenBucket(Limit(1, 60))
    bucket.take(START)
    bucket.record_response(at(25))
    assert bucket.ready_at(at(25)) == at(86)


def test_a_refusal_empties_the_bucket() -> None:
    bucket = TokenBucket(Limit(6, 600))
    assert bucket.record_refusal(START) == at(101)
    assert not bucket.take(at(100))
    assert bucket.take(at(101))


def test_a_refusal_waits_from_the_last_request_that_the_server_counted() -> None:
    """Not from the refusal, and not for the reserve, which is used up anyway."""
    bucket = TokenBucket(Limit(6, 600), reserve=1)
    bucket.resize(Limit(6, 600))
    for second in (0, 10, 30):
        assert bucket.take(at(second))
    bucket.record_refusal(at(30))
    bucket.resize(Limit(2, 60))
    assert bucket.ready_at(at(30)) == at(10 + 31)
    assert not bucket.take(at(40))
    assert bucket.take(at(41))


def test_a_refusal_long_after_our_last_request_is_due_to_somebody_else() -> None:
    bucket = TokenBucket(Limit(6, 600))
    for second in (0, 500):
        assert bucket.take(at(second))
    assert bucket.record_refusal(at(500)) == at(601)


@settings(max_examples=150)
@given(
    before=st.tuples(st.integers(1, 12), st.integers(1, 60)),
    after=st.tuples(st.integers(1, 12), st.integers(1, 60)),
    pauses=st.lists(st.floats(0, 5), max_size=30),
    reserve=st.integers(0, 2),
)
def test_after_a_changed_limit_a_refusal_waits_as_long_as_the_server(
    before: tuple[int, int], after: tuple[int, int], pauses: list[float], reserve: int
) -> None:
    now, server_clock = 0.0, [START]
    server = TokenBuckets(lambda: server_clock[0], {"comment": before})
    mirror = TokenBucket(Limit(*before), reserve)
    mirror.resize(Limit(*before))
    for number, pause in enumerate(pauses):
        if number == len(pauses) // 2:
            server.set("comment", after)
        now += pause
        server_clock[0] = at(now)
        if mirror.take(at(now)) and not server.allow("comment", "one address"):
            mirror.record_refusal(at(now))
            mirror.resize(Limit(*after))
            ready = mirror.ready_at(at(now))
            server_clock[0] = ready - timedelta(seconds=3)
            assert ready - timedelta(seconds=3) < at(now) or not server.allow("comment", "one address")
            server_clock[0] = ready
            assert server.allow("comment", "one address")
            return


def test_a_clock_set_back_before_a_refusal_causes_no_long_wait() -> None:
    bucket = TokenBucket(Limit(6, 600))
    assert bucket.take(at(86_400))
    assert bucket.take(START)
    assert bucket.record_refusal(START) <= at(102)


def test_a_clock_set_back_causes_no_wait() -> None:
    bucket = TokenBucket(Limit(1, 60))
    bucket.take(at(86_400))
    assert not bucket.take(START)
    assert bucket.ready_at(START) == at(61)


def test_used_tokens_still_count_when_the_server_reports_its_limit() -> None:
    bucket = TokenBucket(Limit(6, 600))
    for _ in range(4):
        bucket.take(START)
    bucket.resize(Limit(5, 600))
    assert [bucket.take(START) for _ in range(2)] == [True, False]


def test_tokens_stay_when_an_admin_changes_the_limit() -> None:
    lowered, raised = TokenBucket(Limit(6, 600)), TokenBucket(Limit(6, 600))
    for bucket, limit in ((lowered, Limit(3, 600)), (raised, Limit(60, 600))):
        bucket.resize(Limit(6, 600))
        for _ in range(4):
            bucket.take(START)
        bucket.resize(limit)
        assert [bucket.take(START) for _ in range(3)] == [True, True, False]


def test_buckets_are_independent() -> None:
    rate_limits = RateLimits({"comment": Limit(1, 60), "message": Limit(1, 60)}, reserve=0)
    assert rate_limits.take(("comment",), START) is None
    assert rate_limits.take(("comment",), START) == at(61)
    assert rate_limits.take(("message",), START) is None


def test_limits_of_unknown_buckets_are_ignored() -> None:
    rate_limits = RateLimits({"comment": Limit(1, 60)})
    rate_limits.resize({"comment": Limit(9, 60), "image": Limit(2, 3)})
    assert rate_limits.limits() == {"comment": Limit(9, 60)}


@settings(max_examples=150)
@given(
    capacity=st.integers(1, 30),
    seconds=st.integers(1, 20),
    steps=st.lists(
        st.tuples(st.just(0.0) | st.floats(0, 5), st.just(0.0) | st.floats(0, 0.5)), min_size=10, max_size=80
    ),
    phase=st.floats(0, 1),
)
def test_never_allows_more_than_the_server(
    capacity: int, seconds: int, steps: list[tuple[float, float]], phase: float
) -> None:
    """Requests are sent after `pause` and arrive at any time before they are answered."""
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
            mirror.record_response(at(now))


class ServerWindow:
    """As measured on Lemmy 1.0: `capacity` requests within a window that starts with the first one."""

    def __init__(self, limit: Limit, opened: float | None) -> None:
        self.limit = limit
        self.opened = opened
        self.used = 0 if opened is None else 1

    def allow(self, second: float) -> bool:
        if self.opened is None or second - self.opened >= self.limit.seconds:
            self.opened, self.used = second, 0
        self.used += 1
        return self.used <= self.limit.capacity


def test_the_window_measured_on_a_real_server() -> None:
    server = ServerWindow(Limit(3, 10), None)
    allowed = [server.allow(second) for second in (0, 1, 2, 3, 8, 10.5, 11, 11.5, 12)]
    assert allowed == [True] * 3 + [False] * 2 + [True] * 3 + [False]


def test_a_window_reopens_after_its_time() -> None:
    bucket = FixedWindow(Limit(6, 600), reserve=1)
    assert sum(bucket.take(START) for _ in range(10)) == 5
    assert bucket.ready_at(START) == at(601)
    assert not bucket.take(at(600))
    assert sum(bucket.take(at(601)) for _ in range(10)) == 5


def test_a_refusal_closes_the_window_for_its_whole_length() -> None:
    bucket = FixedWindow(Limit(6, 600))
    assert bucket.record_refusal(START) == at(601)
    assert not bucket.take(at(600))
    assert bucket.take(at(601))


def test_a_refusal_waits_for_the_end_of_the_servers_window() -> None:
    """The server allows fewer requests than we know, so its window is full after ours in it."""
    bucket = FixedWindow(Limit(6, 600))
    for second in (-700, 0, 500, 550):
        bucket.take(at(second))
    assert bucket.record_refusal(at(550)) == at(601)
    bucket.resize(Limit(2, 60))
    assert bucket.ready_at(at(550)) == at(61)
    assert bucket.take(at(601))


def test_a_clock_set_back_causes_no_wait_for_a_window() -> None:
    bucket = FixedWindow(Limit(1, 60))
    bucket.take(at(86_400))
    assert not bucket.take(START)
    assert bucket.ready_at(START) == at(61)


def test_a_window_counts_from_the_answer() -> None:
    bucket = FixedWindow(Limit(1, 60))
    bucket.take(START)
    bucket.record_response(at(25))
    assert bucket.ready_at(at(25)) == at(86)


@settings(deadline=None)
@given(
    waits=st.lists(st.floats(0, 30), min_size=1, max_size=80),
    opened=st.none() | st.floats(-59, 0),
    capacity=st.integers(2, 6),
)
def test_no_window_of_the_server_is_exceeded_wherever_it_starts(
    waits: list[float], opened: float | None, capacity: int
) -> None:
    """With one request left for other clients, one of which may have opened the first window."""
    limit = Limit(capacity, 60)
    ours, server, second = FixedWindow(limit, reserve=1), ServerWindow(limit, opened), 0.0
    for wait in waits:
        second += wait
        if ours.take(at(second)):
            assert server.allow(second)


def test_an_upgraded_server_is_counted_from_zero() -> None:
    rate_limits = RateLimits({"comment": Limit(1, 60)}, reserve=0)
    rate_limits.take(("comment",), START)
    rate_limits.switch_to(FixedWindow, {"comment": Limit(2, 60)})
    assert [rate_limits.take(("comment",), START) for _ in range(3)] == [None, None, at(61)]
