"""Rate limits as Lemmy counts them: per kind of call and address.

A refused request is not counted; every other one is, even if it fails. Lemmy 0.19 has a bucket of
whole tokens: each accepted request restarts its clock, and the fraction of a token that had grown is
lost. Lemmy 1.0 has a fixed window.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
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
"""Number of requests, and the seconds in which so many are allowed."""


class RateLimits(ABC):
    """All limits of one server; `limits` overrides the defaults, None switches all limits off."""

    def __init__(self, clock: Callable[[], datetime], limits: Mapping[str, tuple[int, int]] | None) -> None:
        self._clock = clock
        self._enabled = limits is not None
        self._limits = {**DEFAULT_LIMITS, **(limits or {})}
        self._lock = threading.Lock()

    def advertised(self) -> dict[str, tuple[int, int]]:
        """What /site says; if the limits are off, high ones."""
        if self._enabled:
            return dict(self._limits)
        return {name: (100_000, seconds) for name, (_, seconds) in self._limits.items()}

    def set(self, name: str, limit: tuple[int, int]) -> None:
        """Change a limit while the server runs, as admins can. Requests that were counted stay counted."""
        self._limits[name] = limit

    def allow(self, name: str, address: str) -> bool:
        """Count a request; whether it is within the limit."""
        if not self._enabled:
            return True
        with self._lock:
            return self._count((name, address), *self._limits[name])

    @abstractmethod
    def _count(self, key: tuple[str, str], capacity: int, seconds: int) -> bool: ...


class TokenBuckets(RateLimits):
    """The limits of Lemmy 0.19."""

    def __init__(self, clock: Callable[[], datetime], limits: Mapping[str, tuple[int, int]] | None) -> None:
        super().__init__(clock, limits)
        self._buckets: dict[tuple[str, str], tuple[int, int]] = {}
        """Tokens, and when the bucket was last filled."""

    def _count(self, key: tuple[str, str], capacity: int, seconds: int) -> bool:
        now = int(self._clock().timestamp())
        tokens, filled_at = self._buckets.get(key, (capacity, now))
        tokens = min(capacity, tokens + (now - filled_at) * capacity // seconds)
        if tokens < 1:
            return False
        self._buckets[key] = (tokens - 1, now)
        return True


class FixedWindows(RateLimits):
    """The limits of Lemmy 1.0: a window starts with the first request and ends after `seconds`."""

    def __init__(self, clock: Callable[[], datetime], limits: Mapping[str, tuple[int, int]] | None) -> None:
        super().__init__(clock, limits)
        self._windows: dict[tuple[str, str], tuple[int, float]] = {}
        """Requests in the window, and when it started."""

    def _count(self, key: tuple[str, str], capacity: int, seconds: int) -> bool:
        now = self._clock().timestamp()
        used, started_at = self._windows.get(key, (0, now))
        if now - started_at >= seconds:
            used, started_at = 0, now
        if used >= capacity:
            return False
        self._windows[key] = (used + 1, started_at)
        return True
