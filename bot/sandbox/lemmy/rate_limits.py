"""Rate limits as Lemmy keeps them: one for each kind of call and address.

A refused request costs nothing; any other does, also one that fails. On 0.19 it is a bucket of
whole tokens: each success starts its clock anew, which loses the fraction that had grown. On 1.0
it is a fixed window.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime

DEFAULT_LIMITS = {
    "message": (180, 60),
    "post": (6, 600),
    "register": (10, 3600),
    "image": (6, 3600),
    "comment": (6, 600),
    "search": (60, 600),
    "import_user_settings": (1, 86400),
}
"""Tokens, and the seconds in which so many grow."""


class TokenBuckets:
    """All buckets of one server; `numbers` overrides defaults, `None` switches the limits off."""

    def __init__(self, clock: Callable[[], datetime], limits: Mapping[str, tuple[int, int]] | None) -> None:
        self._clock = clock
        self._on = limits is not None
        self._numbers = {**DEFAULT_LIMITS, **(limits or {})}
        self._buckets: dict[tuple[str, str], tuple[int, int]] = {}
        self._windows: dict[tuple[str, str], tuple[int, float]] = {}
        self._lock = threading.Lock()

    def advertised(self) -> dict[str, tuple[int, int]]:
        """What /site says; limits that are off are told as generous ones."""
        if self._on:
            return dict(self._numbers)
        return {name: (999, seconds) for name, (_, seconds) in self._numbers.items()}

    def allow(self, name: str, address: str) -> bool:
        if not self._on:
            return True
        capacity, seconds = self._numbers[name]
        now = int(self._clock().timestamp())
        with self._lock:
            tokens, last = self._buckets.get((name, address), (capacity, now))
            tokens = min(capacity, tokens + (now - last) * capacity // seconds)
            if tokens < 1:
                return False
            self._buckets[name, address] = (tokens - 1, now)
            return True


class FixedWindows(TokenBuckets):
    """As Lemmy 1.0 keeps them: so many requests, counted from the first one on until the time is over."""

    def allow(self, name: str, address: str) -> bool:
        if not self._on:
            return True
        capacity, seconds = self._numbers[name]
        now = self._clock().timestamp()
        with self._lock:
            used, opened = self._windows.get((name, address), (0, now))
            if now - opened >= seconds:
                used, opened = 0, now
            if used >= capacity:
                return False
            self._windows[name, address] = (used + 1, opened)
            return True
