from __future__ import annotations

import threading

import pytest

from bot.core.errors import FetchBusy, FetchError, FetchStopped
from bot.core.skip_reasons import SkipReason
from bot.fetch.concurrency_limits import ConcurrencyLimits
from bot.fetch.deadline import Deadline, StopSignal


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Room:
    """Turns under a clock that stands still until it is moved."""

    def __init__(self, at_once: int = 9, per_host: int = 9, delay: float = 0.0) -> None:
        self.clock = Clock()
        self.stop = StopSignal()
        self.turns = ConcurrencyLimits(at_once, per_host, lambda host: delay, self.clock)

    def enter(self, host: str, patience: float = 5.0) -> None:
        self.turns.acquire(host, Deadline(20, self.clock, self.stop), patience)


def test_one_host_has_so_many_at_once() -> None:
    room = Room(per_host=2)
    room.enter("a")
    room.enter("a")
    room.enter("b")
    with pytest.raises(FetchError) as caught:
        room.enter("a", patience=0)
    assert caught.value.reason is SkipReason.TOO_SLOW
    assert not caught.value.permanent
    room.turns.release("a")
    room.enter("a")


def test_all_hosts_together_have_so_many_at_once() -> None:
    room = Room(at_once=2)
    room.enter("a")
    room.enter("b")
    with pytest.raises(FetchError):
        room.enter("c", patience=0)
    room.turns.release("b")
    room.enter("c")


def test_a_host_has_its_pause() -> None:
    room = Room(delay=3.0)
    room.enter("a")
    room.clock.now += 2
    room.turns.release("a")
    with pytest.raises(FetchError) as caught:
        room.enter("a", patience=2.9)
    wait = caught.value.retry_after
    assert wait is not None
    assert wait.total_seconds() == pytest.approx(3.0), "counted from the end of the last fetch"
    room.enter("b")
    room.clock.now += 3
    room.enter("a", patience=0.1)


def test_who_waits_is_let_in_when_another_leaves() -> None:
    room = Room(per_host=1)
    room.enter("a")
    entered = threading.Event()

    def second() -> None:
        room.enter("a", patience=60)
        entered.set()

    thread = threading.Thread(target=second)
    thread.start()
    assert not entered.wait(0.02)
    room.turns.release("a")
    assert entered.wait(5)
    thread.join(5)


def test_stop_ends_the_waiting() -> None:
    room = Room(per_host=1)
    room.enter("a")
    ends: list[type[BaseException]] = []

    def second() -> None:
        try:
            room.enter("a", patience=60)
        except FetchError as error:
            ends.append(type(error))

    thread = threading.Thread(target=second)
    thread.start()
    room.stop.set()
    thread.join(5)
    assert ends == [FetchStopped]


def test_a_turn_stays_at_its_host_and_is_given_back() -> None:
    room = Room(per_host=1, delay=3.0)
    with room.turns.slot(Deadline(20, room.clock, room.stop), 1.0) as turn:
        turn.move_to("a")
        turn.move_to("a")
        turn.move_to("b")
        room.clock.now += 3
        room.enter("a", patience=0.1)
    room.clock.now += 3
    room.enter("b", patience=0.1)


def test_a_place_beside_ones_own_counts_at_its_host_and_is_never_waited_for() -> None:
    room = Room(at_once=1, per_host=1)
    room.enter("a")
    with room.turns.extra_slot("b"):
        with pytest.raises(FetchBusy), room.turns.extra_slot("b"):
            pass
        room.turns.release("a")
        with pytest.raises(FetchBusy):
            room.enter("b", patience=0)
    room.enter("b")


def test_old_hosts_are_forgotten() -> None:
    room = Room(delay=1.0)
    for number in range(3000):
        room.enter(f"host{number}")
        room.turns.release(f"host{number}")
        room.clock.now += 0.01
    assert len(room.turns._hosts) <= 1001


def test_many_threads_never_exceed_the_limits() -> None:
    room = Room(at_once=3, per_host=2)
    lock, running, most = threading.Lock(), {"a": 0, "b": 0}, {"a": 0, "b": 0, "all": 0}

    def visits(host: str) -> None:
        for _ in range(50):
            room.enter(host, patience=60)
            with lock:
                running[host] += 1
                most[host] = max(most[host], running[host])
                most["all"] = max(most["all"], sum(running.values()))
            with lock:
                running[host] -= 1
            room.turns.release(host)

    threads = [threading.Thread(target=visits, args=(host,)) for host in "abababab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert max(most["a"], most["b"]) <= 2
    assert 1 <= most["all"] <= 3
