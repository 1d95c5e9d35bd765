from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.platforms.pace import Limit, Pace, TokenBucket
from bot.sandbox.lemmy.limits import Limits

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
    bucket.answered(at(25))
    assert bucket.ready_at(at(25)) == at(86)


def test_a_refusal_empties_the_bucket() -> None:
    bucket = TokenBucket(Limit(6, 600))
    assert bucket.refused(START) == at(101)
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
    pace = Pace({"comment": Limit(1, 60), "message": Limit(1, 60)}, reserve=0)
    assert pace.take(("comment",), START) is None
    assert pace.take(("comment",), START) == at(61)
    assert pace.take(("message",), START) is None


def test_pace_ignores_limits_of_buckets_it_does_not_have() -> None:
    pace = Pace({"comment": Limit(1, 60)})
    pace.resize({"comment": Limit(9, 60), "image": Limit(2, 3)})
    assert pace.limits() == {"comment": Limit(9, 60)}


@settings(max_examples=300)
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
    server = Limits(lambda: server_clock[0], {"comment": (capacity, seconds)})
    mirror = TokenBucket(Limit(capacity, seconds))
    for pause, latency in steps:
        now += pause
        if mirror.take(at(now)):
            server_clock[0] = at(now + latency / 2)
            assert server.allow("comment", "one address")
            now += latency
            mirror.answered(at(now))
