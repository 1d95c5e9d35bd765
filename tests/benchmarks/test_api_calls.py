"""The API calls of a quiet hour and of a burst of posts, with all jobs of the daemon over real HTTP."""

from __future__ import annotations

import pytest

from benchmarks.api_calls import KINDS, calls_in_burst, calls_per_hour


@pytest.mark.parametrize("kind", KINDS)
def test_the_first_hour_with_ten_quiet_communities_takes_fewer_than_170_calls(kind: str) -> None:
    first, *later = calls_per_hour(kind, communities=5, count=2 if kind == "Lemmy 0.19" else 1)
    assert sum(calls.total() for calls in first) < 170
    for calls in first:
        assert calls["lists of posts"] >= 40  # it did poll: at least every 90 s
    for hour in later:  # about one call per poll
        assert sum(calls.total() for calls in hour) < 130
        assert not hour[0]["subscribing"]


def test_a_burst_never_takes_more_than_100_calls_in_a_minute() -> None:
    replies, most, _took = calls_in_burst(40)
    assert replies == 40
    assert 90 <= most <= 100
