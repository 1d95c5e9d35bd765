"""Rate limits as the servers keep them, mirrored here so that no request runs into one.

All functions get the time as an argument; nothing here looks at a clock or sleeps.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

Clock = Callable[[], datetime]

_SLACK = timedelta(seconds=1)
"""The server counts in whole seconds of its own clock, so ours may be ahead by up to one."""


@dataclass(frozen=True, slots=True)
class Limit:
    """`capacity` requests at once, then `capacity` more spread over `seconds`."""

    capacity: int
    seconds: int

    @property
    def pace(self) -> timedelta:
        """The least time between two requests once the burst is spent."""
        return timedelta(seconds=self.seconds / self.capacity)


class TokenBucket:
    """Lemmy 0.19's bucket (`crates/utils/src/rate_limit/rate_limiter.rs`), never more generous than it.

    Whole tokens only: `floor(elapsed * capacity / seconds)` come in, and every success starts the
    clock anew, so that the fraction is lost. `reserve` tokens are left for other people who use the
    server from the same address, for that is what the server counts by.
    """

    def __init__(self, limit: Limit, reserve: int = 0) -> None:
        self._limit = limit
        self._reserve = min(reserve, limit.capacity - 1)
        self._tokens = limit.capacity
        self._last: datetime | None = None

    @property
    def limit(self) -> Limit:
        return self._limit

    def ready_at(self, now: datetime) -> datetime:
        """The earliest time for the next request; `now` or earlier means at once."""
        missing = self._reserve + 1 - self._tokens
        if self._last is None or missing <= 0:
            return now
        wait = math.ceil(missing * self._limit.seconds / self._limit.capacity)
        return self._last + timedelta(seconds=wait) + _SLACK

    def take(self, now: datetime) -> bool:
        """Take a token for a request that leaves now; False when none is free."""
        if self._last is not None and now < self._last:  # the clock was set back: do not wait for it
            self._last = now
        if self.ready_at(now) > now:
            return False
        self._tokens = min(self._limit.capacity, self._tokens + self._gained(now)) - 1
        self._last = now
        return True

    def answered(self, now: datetime) -> None:
        """The server may have counted the request as late as now, when its answer is here."""
        self._last = max(self._last or now, now)

    def refused(self, now: datetime) -> datetime:
        """The server said that the limit is reached: when a request will surely pass again."""
        self._tokens = 0
        self._last = now
        return self.ready_at(now)

    def resize(self, limit: Limit) -> None:
        """Take over what the server says of its limits; tokens that are spent stay spent."""
        spent = self._limit.capacity - self._tokens
        self._tokens = max(0, limit.capacity - spent)
        self._reserve = min(self._reserve, limit.capacity - 1)
        self._limit = limit

    def _gained(self, now: datetime) -> int:
        if self._last is None:
            return 0
        elapsed = max(timedelta(), now - self._last - _SLACK).total_seconds()
        return math.floor(elapsed * self._limit.capacity / self._limit.seconds)


class Pace:
    """All buckets of one address at one server, shared by every job that speaks to it."""

    def __init__(self, limits: Mapping[str, Limit], reserve: int = 1) -> None:
        self._buckets = {name: TokenBucket(limit, reserve) for name, limit in limits.items()}
        self._lock = threading.Lock()

    def take(self, name: str, now: datetime) -> datetime | None:
        """Take a token; when none is free, the time at which one will be."""
        with self._lock:
            bucket = self._buckets[name]
            return None if bucket.take(now) else bucket.ready_at(now)

    def answered(self, name: str, now: datetime) -> None:
        with self._lock:
            self._buckets[name].answered(now)

    def refused(self, name: str, now: datetime) -> datetime:
        with self._lock:
            return self._buckets[name].refused(now)

    def ready_at(self, name: str, now: datetime) -> datetime:
        with self._lock:
            return self._buckets[name].ready_at(now)

    def resize(self, limits: Mapping[str, Limit]) -> None:
        """Take over the limits that the server tells; buckets it does not name stay as they are."""
        with self._lock:
            for name in self._buckets.keys() & limits.keys():
                if self._buckets[name].limit != limits[name]:
                    self._buckets[name].resize(limits[name])

    def limits(self) -> dict[str, Limit]:
        with self._lock:
            return {name: bucket.limit for name, bucket in self._buckets.items()}
