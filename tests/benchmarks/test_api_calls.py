"""The calls of a quiet hour and of a rush, with all of the daemon's jobs over real HTTP."""

from __future__ import annotations

import pytest

from benchmarks.api_calls import KINDS, calls_in_burst, calls_per_hour


@pytest.mark.parametrize("kind", KINDS)
def test_the_first_hour_with_ten_quiet_communities_stays_under_150_calls(kind: str) -> None:
    first, *later = calls_per_hour(kind, communities=5, count=2 if kind == "Lemmy 0.19" else 1)
    assert sum(calls.total() for calls in first) < 150
    for calls in first:
        assert calls["lists of posts"] >= 40  # it did look: every 90 s, at the least
    for hour in later:  # about one call a look
        assert sum(calls.total() for calls in hour) < 130
        assert not hour[0]["subscribing"]


def test_a_rush_never_gets_over_100_calls_in_any_minute() -> None:
    replies, most, _took = calls_in_burst(40)
    assert replies == 40
    assert 90 <= most <= 100
