"""The calls of a quiet hour and of a rush, with all of the daemon's jobs over real HTTP."""

from __future__ import annotations

import pytest

from benchmarks.calls import KINDS, hours, rush


@pytest.mark.parametrize("kind", KINDS)
def test_a_quiet_hour_with_ten_communities_on_both_platforms_stays_under_150_calls(kind: str) -> None:
    first, later = hours(kind, communities=10)
    assert sum(calls.total() for calls in first) < 150
    assert sum(calls.total() for calls in later) < 110
    for calls in later:
        assert calls["lists of posts"] >= 40  # it did look: every 90 s, at the least
        assert not calls["subscribing"]


def test_a_rush_never_gets_over_100_calls_in_any_minute() -> None:
    replies, most, _took = rush(40)
    assert replies == 40
    assert 90 <= most <= 100
