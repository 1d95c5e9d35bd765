from __future__ import annotations

import pytest

from bot.core.errors import FetchError, FetchStopped
from bot.core.skip_reasons import SkipReason
from bot.fetch.deadline import Deadline, Stop


def test_time_runs_out() -> None:
    times = iter([100.0, 104.0, 110.0])
    deadline = Deadline(10, lambda: next(times), Stop())
    assert deadline.left() == 6
    with pytest.raises(FetchError) as caught:
        deadline.left()
    assert caught.value.reason is SkipReason.TOO_SLOW
    assert not caught.value.permanent


def test_stop_comes_before_the_time() -> None:
    stop = Stop()
    deadline = Deadline(10, lambda: 0.0, stop)
    stop.throw()
    with pytest.raises(FetchStopped):
        deadline.left()


def test_a_thrown_switch_wakes_who_is_there_and_who_comes_later() -> None:
    stop, woken = Stop(), []
    with stop.waking(lambda: woken.append("gone")):
        pass
    with stop.waking(lambda: woken.append("there")):
        stop.throw()
    with stop.waking(lambda: woken.append("later")):
        pass
    assert woken == ["there", "later"]


def test_the_switch_may_be_thrown_by_who_is_waiting() -> None:
    """As a signal does that arrives in the thread which is about to wait."""
    stop = Stop()
    with stop._lock:
        stop.throw()
    assert stop.thrown
