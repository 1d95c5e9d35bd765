"""What goes wrong on demand: the faults that a sandbox server has for chosen calls."""

from __future__ import annotations

import random
import threading
from collections import deque
from collections.abc import Iterable, Mapping
from datetime import timedelta
from enum import StrEnum


class Fault(StrEnum):
    FAIL = "500, and nothing stored"
    DROP = "connection closed, and nothing stored"
    STORE_THEN_FAIL = "stored, then 500"
    STORE_THEN_DROP = "stored, then connection closed"
    LATE_COMMIT = "connection closed at once, stored only after a while"
    LATE_LISTING = "stored and answered, listed only after a while"
    PARTIAL_STORE = "stored without the rest of the work, connection reset"
    RATE_LIMIT = "refused by the rate limit"
    HANG_AFTER_401 = "the token refused before the body is read, the connection hangs"
    # what Reddit has besides
    EMPTY_THINGS = "stored, answered with things: []"
    RATELIMIT_ITEM = "refused by a RATELIMIT in the body"
    TOKEN_EXPIRED = "401, the token has expired"  # noqa: S105 (the name of a fault)
    FORBIDDEN = "403, and nothing stored"
    NOT_FOUND = "404, and nothing stored"
    REDIRECT_TO_SEARCH = "302 to the search, and nothing stored"


class FaultInjector:
    """Decides for each call whether it goes wrong, from a script first and then by chance.

    `calls` are the calls concerned, as "POST /comment"; all others always work. `delay` is what
    LATE_COMMIT and LATE_SHOW wait. Safe to use from several threads.
    """

    def __init__(
        self,
        *,
        calls: Iterable[str] = ("POST /comment",),
        script: Iterable[Fault | None] = (),
        probabilities: Mapping[Fault, float] | None = None,
        delay: timedelta = timedelta(seconds=2),
        seed: int = 0,
    ) -> None:
        self.delay = delay
        self._calls = frozenset(calls)
        self._script = deque(script)
        self._chances = dict(probabilities or {})
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self._drawn: list[Fault] = []

    def plan(self, *script: Fault | None) -> None:
        """Add to the script: what happens to the next calls, None for nothing."""
        with self._lock:
            self._script.extend(script)

    def stop(self) -> None:
        """From now on everything works."""
        with self._lock:
            self._script.clear()
            self._chances.clear()

    def next_fault(self, call: str) -> Fault | None:
        if call not in self._calls:
            return None
        with self._lock:
            fault = self._script.popleft() if self._script else self._by_chance()
            if fault is not None:
                self._drawn.append(fault)
            return fault

    @property
    def injected(self) -> tuple[Fault, ...]:
        """The faults that have happened, in their order."""
        with self._lock:
            return tuple(self._drawn)

    def _by_chance(self) -> Fault | None:
        point = self._random.random()
        for fault, chance in self._chances.items():
            point -= chance
            if point < 0:
                return fault
        return None
