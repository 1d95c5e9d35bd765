from __future__ import annotations

import threading

import pytest

from bot.core.errors import FetchBusy, FetchError, FetchStopped, StoreError
from bot.core.skip_reasons import SkipReason
from bot.fetch.concurrency_limits import ConcurrencyLimits
from bot.fetch.deadline import Deadline, StopSignal


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Pauses:
    """Pauses that processes share."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.next_at: dict[str, float] = {}
        self.error: StoreError | None = None

    def start(self, host: str, pause: float) -> float:
        if self.error:
            raise self.error
        wait = self.next_at.get(host, 0.0) - self.clock.now
        if wait > 0:
            return wait
        self.next_at[host] = self.clock.now + pause
        return 0.0

    def pause(self, host: str, seconds: float) -> None:
        if self.error:
            raise self.error
        self.next_at[host] = max(self.next_at.get(host, 0.0), self.clock.now + seconds)


class Setup:
    """ConcurrencyLimits with a clock that only the test moves."""

    def __init__(
        self, at_once: int = 9, per_host: int = 9, delay: float = 0.0, shared_with: Setup | None = None
    ) -> None:
        self.clock = shared_with.clock if shared_with else Clock()
        self.pauses = shared_with.pauses if shared_with else Pauses(self.clock)
        self.stop_signal = StopSignal()
        self.limits = ConcurrencyLimits(at_once, per_host, lambda host: delay, self.clock, self.pauses)

    def acquire(self, host: str, max_wait: float = 5.0) -> None:
        self.limits.acquire(host, Deadline(20, self.clock, self.stop_signal), max_wait)


def test_limit_for_one_host() -> None:
    setup = Setup(per_host=2)
    setup.acquire("a")
    setup.acquire("a")
    setup.acquire("b")
    with pytest.raises(FetchError) as caught:
        setup.acquire("a", max_wait=0)
    assert caught.value.reason is SkipReason.TOO_SLOW
    assert not caught.value.permanent
    setup.limits.release("a")
    setup.acquire("a")


def test_limit_for_all_hosts() -> None:
    setup = Setup(at_once=2)
    setup.acquire("a")
    setup.acquire("b")
    with pytest.raises(FetchError):
        setup.acquire("c", max_wait=0)
    setup.limits.release("b")
    setup.acquire("c")


def test_pause_between_fetches_from_a_host() -> None:
    setup = Setup(delay=3.0)
    setup.acquire("a")
    setup.clock.now += 2
    setup.limits.release("a")
    with pytest.raises(FetchError) as caught:
        setup.acquire("a", max_wait=2.9)
    wait = caught.value.retry_after
    assert wait is not None
    assert wait.total_seconds() == pytest.approx(3.0), "the pause starts at the end of the last fetch"
    setup.acquire("b")
    setup.clock.now += 3
    setup.acquire("a", max_wait=0.1)


def wait_for(setup: Setup, host: str, max_wait: float) -> float:
    """How long a fetch has to wait, which is longer than it may."""
    with pytest.raises(FetchBusy) as caught:
        setup.acquire(host, max_wait)
    assert caught.value.retry_after is not None
    return caught.value.retry_after.total_seconds()


def test_another_process_keeps_the_same_pause() -> None:
    one = Setup(at_once=1, delay=3.0)
    other = Setup(at_once=1, delay=3.0, shared_with=one)
    one.acquire("a")
    one.clock.now += 1
    assert wait_for(other, "a", 1.9) == pytest.approx(2.0)
    one.limits.release("a")
    assert wait_for(other, "a", 1.9) == pytest.approx(2.0), "as it was told at first"
    one.clock.now += 2
    assert wait_for(other, "a", 0.9) == pytest.approx(1.0), "the pause started at the end of the other fetch"
    one.clock.now += 1
    other.acquire("a", max_wait=0)
    assert wait_for(one, "a", 2.9) == pytest.approx(3.0)
    other.limits.release("a")
    other.acquire("b", max_wait=0)


def test_a_pause_that_a_site_asked_for_holds_for_all_its_pages_and_processes() -> None:
    one = Setup(delay=1.0)
    other = Setup(delay=1.0, shared_with=one)
    one.acquire("a")
    one.limits.pause("a", 100.0)
    one.limits.release("a")
    assert wait_for(one, "a", 50) == wait_for(other, "a", 50) == pytest.approx(100)
    one.clock.now += 100
    other.acquire("a", max_wait=0)


def test_without_the_database_no_fetch_starts_and_no_slot_is_lost() -> None:
    setup = Setup(at_once=1, per_host=1, delay=1.0)
    setup.acquire("a")
    setup.pauses.error = StoreError("The server is gone.")
    setup.limits.pause("a", 5.0)
    setup.limits.release("a")
    with pytest.raises(StoreError):
        setup.acquire("b")
    setup.pauses.error = None
    setup.clock.now += 1
    setup.acquire("b", max_wait=0)


def test_a_waiting_fetch_starts_when_a_slot_is_released() -> None:
    setup = Setup(per_host=1)
    setup.acquire("a")
    acquired = threading.Event()

    def second() -> None:
        setup.acquire("a", max_wait=60)
        acquired.set()

    thread = threading.Thread(target=second)
    thread.start()
    assert not acquired.wait(0.02)
    setup.limits.release("a")
    assert acquired.wait(5)
    thread.join(5)


def test_stop_ends_the_wait() -> None:
    setup = Setup(per_host=1)
    setup.acquire("a")
    errors: list[type[BaseException]] = []

    def second() -> None:
        try:
            setup.acquire("a", max_wait=60)
        except FetchError as error:
            errors.append(type(error))

    thread = threading.Thread(target=second)
    thread.start()
    setup.stop_signal.set()
    thread.join(5)
    assert errors == [FetchStopped]


def test_a_slot_stays_at_its_host_and_is_released() -> None:
    setup = Setup(per_host=1, delay=3.0)
    with setup.limits.slot(Deadline(20, setup.clock, setup.stop_signal), 1.0) as slot:
        slot.move_to("a")
        slot.move_to("a")
        slot.move_to("b")
        setup.clock.now += 3
        setup.acquire("a", max_wait=0.1)
    setup.clock.now += 3
    setup.acquire("b", max_wait=0.1)


def test_an_extra_slot_counts_at_its_host_and_never_waits() -> None:
    setup = Setup(at_once=1, per_host=1)
    setup.acquire("a")
    with setup.limits.extra_slot("b"):
        with pytest.raises(FetchBusy), setup.limits.extra_slot("b"):
            pass
        setup.limits.release("a")
        with pytest.raises(FetchBusy):
            setup.acquire("b", max_wait=0)
    setup.acquire("b")


def test_idle_hosts_are_removed() -> None:
    setup = Setup(delay=1.0)
    for number in range(3000):
        setup.acquire(f"host{number}")
        setup.limits.release(f"host{number}")
        setup.clock.now += 0.01
    assert len(setup.limits._hosts) <= 1001


def test_many_threads_never_exceed_the_limits() -> None:
    setup = Setup(at_once=3, per_host=2)
    lock, running, maximum = threading.Lock(), {"a": 0, "b": 0}, {"a": 0, "b": 0, "all": 0}

    def fetch_often(host: str) -> None:
        for _ in range(50):
            setup.acquire(host, max_wait=60)
            with lock:
                running[host] += 1
                maximum[host] = max(maximum[host], running[host])
                maximum["all"] = max(maximum["all"], sum(running.values()))
            with lock:
                running[host] -= 1
            setup.limits.release(host)

    threads = [threading.Thread(target=fetch_often, args=(host,)) for host in "abababab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert max(maximum["a"], maximum["b"]) <= 2
    assert 1 <= maximum["all"] <= 3
