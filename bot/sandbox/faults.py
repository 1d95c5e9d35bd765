"""Fault injection: the faults that a sandbox server can have for given calls."""

from __future__ import annotations

import random
import threading
from collections import deque
from collections.abc import Iterable, Mapping
from datetime import timedelta
from enum import StrEnum


class Fault(StrEnum):
    FAIL = "500, nothing stored"
    DROP = "connection closed, nothing stored"
    STORE_THEN_FAIL = "stored, then 500"
    STORE_THEN_DROP = "stored, then connection closed"
    LATE_COMMIT = "connection closed, stored after a delay"
    LATE_LISTING = "stored and answered, listed after a delay"
    PARTIAL_STORE = "partly stored, connection reset"
    RATE_LIMIT = "refused by the rate limit"
    HANG_AFTER_401 = "401 before the body is read, then the connection hangs"
    DATABASE_DOWN = "database down for a while, for all calls"
    SLOW_LINK = "a new post gets its link after a delay"
    HOLD = "held until it is released, before the token is checked; then answered"
    # only on Reddit
    EMPTY_THINGS = "stored, answered with an empty `things`"
    RATELIMIT_ITEM = "refused with RATELIMIT in the body"
    TOKEN_EXPIRED = "401, token expired"  # noqa: S105 (the name of a fault)
    FORBIDDEN = "403, nothing stored"
    NOT_FOUND = "404, nothing stored"
    REDIRECT_TO_SEARCH = "302 to the search, nothing stored"


_LONGEST_HOLD = 60.0
"""Seconds. A client has given up by then."""

OUTSIDE_CALLS = frozenset({Fault.SLOW_LINK})
"""Faults that do not belong to a call of the bot."""


class FaultInjector:
    """Decides whether a call fails, and how: first as planned in the script, then at random.

    `calls` are the calls concerned, as "POST /comment"; all others always work. `delay` is what
    LATE_COMMIT and LATE_LISTING wait, `outage` how long the database is down from the call with
    DATABASE_DOWN on, `link_delay` how long a post with SLOW_LINK has no link. A call with HOLD waits for
    `release`. Safe to use from several threads.
    """

    def __init__(
        self,
        *,
        calls: Iterable[str] = ("POST /comment",),
        script: Iterable[Fault | None] = (),
        probabilities: Mapping[Fault, float] | None = None,
        delay: timedelta = timedelta(seconds=2),
        outage: timedelta = timedelta(seconds=5),
        link_delay: timedelta = timedelta(seconds=8),
        seed: int = 0,
    ) -> None:
        self.delay = delay
        self.outage = outage
        self.link_delay = link_delay
        self._calls = frozenset(calls)
        self._script = deque(script)
        self._probabilities = dict(probabilities or {})
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self._injected: list[Fault] = []
        self._holds = threading.Event()
        self._released = threading.Event()

    def plan(self, *script: Fault | None) -> None:
        """Add the faults of the next calls to the script; None for a call that succeeds."""
        with self._lock:
            self._script.extend(script)

    def stop(self) -> None:
        """Let all calls succeed from now on."""
        with self._lock:
            self._script.clear()
            self._probabilities.clear()

    def next_fault(self, call: str) -> Fault | None:
        if call not in self._calls:
            return None
        with self._lock:
            is_planned = self._script and self._script[0] not in OUTSIDE_CALLS
            fault = self._script.popleft() if is_planned else self._random_fault()
            if fault is not None:
                self._injected.append(fault)
            return fault

    def happens(self, fault: Fault) -> bool:
        """Whether one of `OUTSIDE_CALLS` happens now: as planned in the script, or at random."""
        with self._lock:
            planned = bool(self._script) and self._script[0] is fault
            if planned:
                self._script.popleft()
            probability = self._probabilities.get(fault, 0)
            found = planned or (probability > 0 and self._random.random() < probability)
            if found:
                self._injected.append(fault)
            return found

    def hold(self) -> None:
        """Wait for `release`: the server's part of HOLD."""
        self._holds.set()
        self._released.wait(_LONGEST_HOLD)

    def wait_until_held(self) -> bool:
        """Wait until a call is held; whether one is."""
        return self._holds.wait(_LONGEST_HOLD)

    def release(self) -> None:
        """Let the held call, and every later one with HOLD, go on."""
        self._released.set()

    @property
    def injected(self) -> tuple[Fault, ...]:
        """The faults that have been injected, in order."""
        with self._lock:
            return tuple(self._injected)

    def _random_fault(self) -> Fault | None:
        remaining = self._random.random()
        for fault, probability in self._probabilities.items():
            if fault in OUTSIDE_CALLS:
                continue
            remaining -= probability
            if remaining < 0:
                return fault
        return None
