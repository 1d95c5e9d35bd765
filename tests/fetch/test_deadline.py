from __future__ import annotations

import pytest

from bot.core.errors import FetchError, FetchStopped
from bot.core.skip_reasons import SkipReason
from bot.fetch.deadline import Deadline, StopSignal


def test_an_error_is_raised_after_the_deadline() -> None:
    times = iter([100.0, 104.0, 110.0])
    deadline = Deadline(10, lambda: next(times), StopSignal())
    assert deadline.remaining() == 6
    with pytest.raises(FetchError) as caught:
        deadline.remaining()
    assert caught.value.reason is SkipReason.TOO_SLOW
    assert not caught.value.permanent


def test_stop_takes_precedence_over_the_deadline() -> None:
    stop = StopSignal()
    deadline = Deadline(10, lambda: 0.0, stop)
    stop.set()
    with pytest.raises(FetchStopped):
        deadline.remaining()


def test_callbacks_run_when_the_signal_is_set_and_at_once_afterwards() -> None:
    stop, called = StopSignal(), []
    with stop.on_set(lambda: called.append("before")):
        pass
    with stop.on_set(lambda: called.append("inside")):
        stop.set()
    with stop.on_set(lambda: called.append("later")):
        pass
    assert called == ["inside", "later"]


def test_the_signal_can_be_set_by_the_thread_that_waits() -> None:
    """For example by a signal handler that interrupts the waiting thread."""
    stop = StopSignal()
    with stop._lock:
        stop.set()
    assert stop.is_set
