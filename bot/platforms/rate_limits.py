"""Rate limits as the servers keep them, mirrored here so that no request runs into one.

All functions get the time as an argument; nothing here looks at a clock or sleeps.
"""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

Clock = Callable[[], datetime]

_SLACK = timedelta(seconds=1)
"""The server counts in whole seconds of its own clock, so ours may be ahead by up to one."""


@dataclass(frozen=True, slots=True)
class Limit:
    """`capacity` requests at once, then `capacity` more spread over `seconds`."""

    capacity: int
    seconds: int

    @property
    def interval(self) -> timedelta:
        """The least time between two requests once the burst is spent."""
        return timedelta(seconds=self.seconds / self.capacity)


class Bucket(Protocol):
    """One limit of one server, as far as this side knows how much of it is used up."""

    @property
    def limit(self) -> Limit: ...

    def ready_at(self, now: datetime) -> datetime:
        """The earliest time for the next request; `now` or earlier means at once."""
        ...

    def take(self, now: datetime) -> bool:
        """Count a request that leaves now; False when there is no room for it."""
        ...

    def record_answer(self, now: datetime) -> None:
        """The server may have counted the request as late as now, when its answer is here."""
        ...

    def record_refusal(self, now: datetime) -> datetime:
        """The server said that the limit is reached: when a request will surely pass again."""
        ...

    def resize(self, limit: Limit) -> None:
        """Take over what the server says of its limits; what is spent stays spent."""
        ...


BucketType = Callable[[Limit, int], Bucket]
"""A limit, and how much of it is left for others, into a bucket."""


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
        missing = self._reserve + 1 - self._tokens
        if self._last is None or missing <= 0:
            return now
        wait = math.ceil(missing * self._limit.seconds / self._limit.capacity)
        return self._last + timedelta(seconds=wait) + _SLACK

    def take(self, now: datetime) -> bool:
        if self._last is not None and now < self._last:  # the clock was set back: do not wait for it
            self._last = now
        if self.ready_at(now) > now:
            return False
        self._tokens = min(self._limit.capacity, self._tokens + self._refilled(now)) - 1
        self._last = now
        return True

    def record_answer(self, now: datetime) -> None:
        self._last = max(self._last or now, now)

    def record_refusal(self, now: datetime) -> datetime:
        self._tokens = 0
        self._last = now
        return self.ready_at(now)

    def resize(self, limit: Limit) -> None:
        spent = self._limit.capacity - self._tokens
        self._tokens = max(0, limit.capacity - spent)
        self._reserve = min(self._reserve, limit.capacity - 1)
        self._limit = limit

    def _refilled(self, now: datetime) -> int:
        if self._last is None:
            return 0
        elapsed = max(timedelta(), now - self._last - _SLACK).total_seconds()
        return math.floor(elapsed * self._limit.capacity / self._limit.seconds)


class FixedWindow:
    """A window of Lemmy 1.0 or PieFed: `capacity` requests, counted from the first one on for `seconds`.

    When the server's window began cannot be known, for somebody else's request may have opened it.
    So no stretch of that length may hold more than `capacity` of ours: then none of the server's
    windows does, wherever they begin, and the long run is just as fast.
    """

    def __init__(self, limit: Limit, reserve: int = 0) -> None:
        self._limit = limit
        self._reserve = reserve
        self._times: deque[datetime] = deque()

    @property
    def limit(self) -> Limit:
        return self._limit

    def ready_at(self, now: datetime) -> datetime:
        room = self._limit.capacity - min(self._reserve, self._limit.capacity - 1)
        if len(self._times) < room:
            return now
        return self._times[-room] + timedelta(seconds=self._limit.seconds) + _SLACK

    def take(self, now: datetime) -> bool:
        if self._times and now < self._times[-1]:  # the clock was set back: do not wait for it
            self._times = deque([now] * len(self._times))
        if self.ready_at(now) > now:
            return False
        self._times.append(now)
        while len(self._times) > self._limit.capacity:
            self._times.popleft()
        return True

    def record_answer(self, now: datetime) -> None:
        if self._times:
            self._times[-1] = max(self._times[-1], now)

    def record_refusal(self, now: datetime) -> datetime:
        self._times = deque([now] * self._limit.capacity)
        return self.ready_at(now)

    def resize(self, limit: Limit) -> None:
        self._limit = limit


class RateLimits:
    """All buckets of one address at one server, shared by every job that speaks to it."""

    def __init__(
        self, limits: Mapping[str, Limit], reserve: int = 1, bucket_type: BucketType = TokenBucket
    ) -> None:
        self._reserve = reserve
        self._lock = threading.Lock()
        self._create_buckets(bucket_type, limits)

    def switch_to(self, bucket_type: BucketType, limits: Mapping[str, Limit]) -> None:
        """Begin anew with another kind of bucket: the server was upgraded, and forgot its counts.

        Of several accounts on it, only the first to notice does so.
        """
        with self._lock:
            if bucket_type is not self._bucket_type:
                self._create_buckets(bucket_type, limits)

    def _create_buckets(self, bucket_type: BucketType, limits: Mapping[str, Limit]) -> None:
        self._bucket_type = bucket_type
        self._buckets = {name: bucket_type(limit, self._reserve) for name, limit in limits.items()}

    def take(self, names: tuple[str, ...], now: datetime) -> datetime | None:
        """Count a request in each of these buckets; when one has no room, the time at which it has.

        The scarcest stands last: what was taken before from the others stays taken.
        """
        with self._lock:
            for name in dict.fromkeys(names):
                if not self._buckets[name].take(now):
                    return self._buckets[name].ready_at(now)
            return None

    def record_answer(self, names: tuple[str, ...], now: datetime) -> None:
        with self._lock:
            for name in dict.fromkeys(names):
                self._buckets[name].record_answer(now)

    def record_refusal(self, name: str, now: datetime) -> datetime:
        with self._lock:
            return self._buckets[name].record_refusal(now)

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
