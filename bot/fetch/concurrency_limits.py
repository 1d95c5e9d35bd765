"""Manners under load: so many fetches at once in all and for each host, with pauses between them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from types import TracebackType
from typing import Self

from bot.core.errors import FetchBusy
from bot.fetch.deadline import Deadline, Monotonic

_REMEMBERED_HOSTS = 1000


@dataclass(slots=True)
class _Host:
    running: int = 0
    next_at: float = float("-inf")


class ConcurrencyLimits:
    """Whose turn it is. `delay` gives the pause, in seconds, that a host wants between two fetches."""

    def __init__(
        self, at_once: int, per_host: int, delay: Callable[[str], float], monotonic: Monotonic
    ) -> None:
        self._at_once = at_once
        self._per_host = per_host
        self._delay = delay
        self._monotonic = monotonic
        self._running = 0
        self._hosts: dict[str, _Host] = {}
        self._changed = threading.Condition()

    def slot(self, deadline: Deadline, patience: float) -> HostSlot:
        """A turn that waits at most `patience` seconds each time it moves to another host."""
        return HostSlot(self, deadline, patience)

    def acquire(self, host: str, deadline: Deadline, patience: float) -> None:
        """Wait for a turn at `host`; raises FetchBusy at once when it would come too late."""
        end = self._monotonic() + patience
        with deadline.stop_signal.on_set(self._wake), self._changed:
            while wait := self._wait(host):
                deadline.remaining()
                patience = end - self._monotonic()
                if patience <= 0 or (wait != float("inf") and wait > patience):
                    raise _busy(host, wait)
                self._changed.wait(min(wait, patience))
            deadline.remaining()
            self._start(host)

    def release(self, host: str) -> None:
        with self._changed:
            self._running -= 1
            state = self._hosts[host]
            state.running -= 1
            self._pause(host, state)
            self._forget()
            self._changed.notify_all()

    @contextmanager
    def extra_slot(self, host: str) -> Iterator[None]:
        """A place at another host, without leaving one's own: raises FetchBusy when none is free.

        Nobody waits for it: two that hold what the other wants would wait for each other.
        """
        with self._changed:
            if self._hosts.get(host, _Host()).running >= self._per_host:
                raise _busy(host, float("inf"))
            state = self._hosts.setdefault(host, _Host())
            state.running += 1
        try:
            yield
        finally:
            with self._changed:
                state.running -= 1
                self._forget()
                self._changed.notify_all()

    def _wait(self, host: str) -> float:
        """Seconds until `host` may be visited: 0 for now, infinite while the places are taken."""
        state = self._hosts.get(host, _Host())
        if self._running >= self._at_once or state.running >= self._per_host:
            return float("inf")
        return max(0.0, state.next_at - self._monotonic())

    def _start(self, host: str) -> None:
        state = self._hosts.setdefault(host, _Host())
        self._running += 1
        state.running += 1
        self._pause(host, state)

    def _pause(self, host: str, state: _Host) -> None:
        state.next_at = self._monotonic() + self._delay(host)

    def _forget(self) -> None:
        if len(self._hosts) > _REMEMBERED_HOSTS:
            now = self._monotonic()
            self._hosts = {h: s for h, s in self._hosts.items() if s.running or s.next_at > now}

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()


class HostSlot:
    """One fetch's place, at one host at a time; it stays when a redirect leads to the same host."""

    def __init__(self, turns: ConcurrencyLimits, deadline: Deadline, patience: float) -> None:
        self._turns = turns
        self._deadline = deadline
        self._patience = patience
        self._host: str | None = None

    def move_to(self, host: str) -> None:
        if host != self._host:
            self._leave()
            self._turns.acquire(host, self._deadline, self._patience)
            self._host = host

    def _leave(self) -> None:
        if self._host is not None:
            host, self._host = self._host, None
            self._turns.release(host)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave()


def _busy(host: str, wait: float) -> FetchBusy:
    return FetchBusy(host, timedelta(seconds=wait) if wait != float("inf") else None)
