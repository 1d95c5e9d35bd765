"""Limits on concurrent fetches, in total and for each host, with a pause between fetches from one host."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from types import TracebackType
from typing import Self

from msgspec import Struct

from bot.core.errors import FetchBusy, StoreError
from bot.fetch.deadline import Deadline, Monotonic
from bot.fetch.shared_hosts import HostPauses

_MAX_REMEMBERED_HOSTS = 1000


class _HostState(Struct):
    running: int = 0
    next_start: float = float("-inf")


class ConcurrencyLimits:
    """Gives out slots for fetches. `delay` returns the pause, in seconds, between two fetches from a host.

    Other processes keep the same pauses if they share `pauses`. The slots are of this process.
    """

    def __init__(
        self,
        max_at_once: int,
        max_per_host: int,
        delay: Callable[[str], float],
        monotonic: Monotonic,
        pauses: HostPauses | None = None,
    ) -> None:
        self._max_at_once = max_at_once
        self._max_per_host = max_per_host
        self._delay = delay
        self._monotonic = monotonic
        self._pauses = pauses
        self._running = 0
        self._hosts: dict[str, _HostState] = {}
        self._changed = threading.Condition()

    def slot(self, deadline: Deadline, max_wait: float) -> HostSlot:
        """A slot that waits at most `max_wait` seconds each time it moves to another host."""
        return HostSlot(self, deadline, max_wait)

    def acquire(self, host: str, deadline: Deadline, max_wait: float) -> None:
        """Wait for a slot at `host`. Raises FetchBusy at once if the wait would be longer than `max_wait`."""
        end = self._monotonic() + max_wait
        self._wait_for_slot(host, deadline, end)
        while wait := self._wait_of_other_processes(host):
            self._give_back(host)
            with self._changed:  # this fetch has not started, so no pause begins
                self._hosts.setdefault(host, _HostState()).next_start = self._monotonic() + wait
            self._wait_for_slot(host, deadline, end)

    def _wait_for_slot(self, host: str, deadline: Deadline, end: float) -> None:
        with deadline.stop_signal.on_set(self._wake), self._changed:
            while wait := self._seconds_to_wait(host):
                deadline.remaining()
                max_wait = end - self._monotonic()
                if max_wait <= 0 or (wait != float("inf") and wait > max_wait):
                    raise _busy(host, wait)
                self._changed.wait(min(wait, max_wait))
            deadline.remaining()
            self._take(host)

    def _wait_of_other_processes(self, host: str) -> float:
        """Seconds until another process lets this one start; 0 for now. It is called with a slot."""
        if self._pauses is None:
            return 0.0
        try:
            return self._pauses.start(host, self._delay(host))
        except BaseException:
            self._give_back(host)
            raise

    def release(self, host: str) -> None:
        delay = self._delay(host)
        self._give_back(host, delay)
        if self._pauses is not None and delay:
            with suppress(StoreError):  # the page was fetched, and the pause since its start is stored
                self._pauses.pause(host, delay)

    def pause(self, host: str, seconds: float) -> None:
        """Start no fetch from the host for so long: it asks for that."""
        with self._changed:
            self._set_next_start(self._hosts.setdefault(host, _HostState()), seconds)
        if self._pauses is not None:
            with suppress(StoreError):
                self._pauses.pause(host, seconds)

    def _give_back(self, host: str, pause: float = 0.0) -> None:
        with self._changed:
            self._running -= 1
            state = self._hosts[host]
            state.running -= 1
            self._set_next_start(state, pause)
            self._forget_idle_hosts()
            self._changed.notify_all()

    @contextmanager
    def extra_slot(self, host: str) -> Iterator[None]:
        """A slot at another host, in addition to one's own. Raises FetchBusy if none is free.

        It never waits: two fetches that each hold the slot the other needs would deadlock.
        """
        with self._changed:
            if self._hosts.get(host, _HostState()).running >= self._max_per_host:
                raise _busy(host, float("inf"))
            state = self._hosts.setdefault(host, _HostState())
            state.running += 1
        try:
            yield
        finally:
            with self._changed:
                state.running -= 1
                self._forget_idle_hosts()
                self._changed.notify_all()

    def _seconds_to_wait(self, host: str) -> float:
        """Seconds until a fetch from `host` may start: 0 for now, infinite while no slot is free."""
        state = self._hosts.get(host, _HostState())
        if self._running >= self._max_at_once or state.running >= self._max_per_host:
            return float("inf")
        return max(0.0, state.next_start - self._monotonic())

    def _take(self, host: str) -> None:
        state = self._hosts.setdefault(host, _HostState())
        self._running += 1
        state.running += 1
        self._set_next_start(state, self._delay(host))

    def _set_next_start(self, state: _HostState, pause: float) -> None:
        state.next_start = max(state.next_start, self._monotonic() + pause)

    def _forget_idle_hosts(self) -> None:
        if len(self._hosts) > _MAX_REMEMBERED_HOSTS:
            now = self._monotonic()
            self._hosts = {h: s for h, s in self._hosts.items() if s.running or s.next_start > now}

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()


class HostSlot:
    """The slot of one fetch, at one host at a time. A redirect to the same host keeps it."""

    def __init__(self, limits: ConcurrencyLimits, deadline: Deadline, max_wait: float) -> None:
        self._limits = limits
        self._deadline = deadline
        self._max_wait = max_wait
        self._host: str | None = None

    def move_to(self, host: str) -> None:
        if host != self._host:
            self._release()
            self._limits.acquire(host, self._deadline, self._max_wait)
            self._host = host

    def _release(self) -> None:
        if self._host is not None:
            host, self._host = self._host, None
            self._limits.release(host)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._release()


def _busy(host: str, wait: float) -> FetchBusy:
    return FetchBusy(host, timedelta(seconds=wait) if wait != float("inf") else None)
