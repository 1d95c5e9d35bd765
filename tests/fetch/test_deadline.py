from __future__ import annotations

import pytest

from bot.core.errors import FetchError, FetchStopped
from bot.core.skip_reasons import SkipReason
from bot.fetch.deadline import Deadline, StopSignal


def test_time_runs_out() -> None:
    times = iter([100.0, 104.0, 110.0])
    deadline = Deadline(10, lambda: next(times), StopSignal())
    assert deadline.remaining() == 6
    with pytest.raises(FetchError) as caught:
        deadline.remaining()
    assert caught.value.reason is SkipReason.TOO_SLOW
    assert not caught.value.permanent


def test_stop_comes_before_the_time() -> None:
    stop = StopSignal()
    deadline = Deadline(10, lambda: 0.0, stop)
    stop.set()
    with pytest.raises(FetchStopped):
        deadline.remaining()


def test_a_thrown_switch_wakes_who_is_there_and_who_comes_later() -> None:
    stop, woken = StopSignal(), []
    with stop.on_set(lambda: woken.append("gone")):
        pass
    with stop.on_set(lambda: woken.append("there")):
        stop.set()
    with stop.on_set(lambda: woken.append("later")):
        pass
    assert woken == ["there", "later"]


def test_the_switch_may_be_thrown_by_who_is_waiting() -> None:
    """As a signal does that arrives in the thread which is about to wait."""
    stop = StopSignal()
    with stop._lock:
        stop.set()
    assert stop.is_set
