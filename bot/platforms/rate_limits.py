"""The servers' rate limits, counted on our side so that no request exceeds one.

All functions take the time as an argument. Nothing here reads a clock or sleeps.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from bot.platforms.buckets import Bucket, BucketType, Limit
from bot.platforms.token_bucket import TokenBucket

Clock = Callable[[], datetime]


class Counts(Protocol):
    """The buckets of one server, by name."""

    def take(self, names: tuple[str, ...], now: datetime) -> datetime | None:
        """Same as `RateLimits.take`, with each name once."""
        ...

    def record_response(self, names: tuple[str, ...], now: datetime) -> None: ...

    def record_refusal(self, name: str, now: datetime) -> datetime: ...

    def ready_at(self, name: str, now: datetime) -> datetime: ...

    def resize(self, limits: Mapping[str, Limit]) -> None: ...

    def limits(self) -> dict[str, Limit]: ...


CountsType = Callable[[BucketType, Mapping[str, Limit], int], Counts]
"""(type of the buckets, their limits, requests reserved for others) -> counts."""


class CountsInMemory:
    """Shared by the threads of this process."""

    def __init__(self, bucket_type: BucketType, limits: Mapping[str, Limit], reserve: int) -> None:
        self._lock = threading.Lock()
        self._buckets: dict[str, Bucket] = {
            name: bucket_type(limit, reserve) for name, limit in limits.items()
        }

    def take(self, names: tuple[str, ...], now: datetime) -> datetime | None:
        with self._lock:
            for name in names:
                if not self._buckets[name].take(now):
                    return self._buckets[name].ready_at(now)
            return None

    def record_response(self, names: tuple[str, ...], now: datetime) -> None:
        with self._lock:
            for name in names:
                self._buckets[name].record_response(now)

    def record_refusal(self, name: str, now: datetime) -> datetime:
        with self._lock:
            return self._buckets[name].record_refusal(now)

    def ready_at(self, name: str, now: datetime) -> datetime:
        with self._lock:
            return self._buckets[name].ready_at(now)

    def resize(self, limits: Mapping[str, Limit]) -> None:
        with self._lock:
            for name in self._buckets.keys() & limits.keys():
                self._buckets[name].resize(limits[name])

    def limits(self) -> dict[str, Limit]:
        with self._lock:
            return {name: bucket.limit for name, bucket in self._buckets.items()}


class RateLimits:
    """All rate limits of one IP address at one server, shared by all jobs that send to it."""

    def __init__(
        self, limits: Mapping[str, Limit], reserve: int = 1, bucket_type: BucketType = TokenBucket
    ) -> None:
        self._reserve = reserve
        self._bucket_type = bucket_type
        self._counts_type: CountsType = CountsInMemory
        self._lock = threading.Lock()
        self._counts: Counts = CountsInMemory(bucket_type, limits, reserve)

    def count_in(self, counts_type: CountsType) -> None:
        """Count in another place from now on. Call it before the first request."""
        self._counts_type = counts_type
        self._counts = counts_type(self._bucket_type, self.limits(), self._reserve)

    def switch_to(self, bucket_type: BucketType, limits: Mapping[str, Limit]) -> None:
        """Use another type of bucket: the server was upgraded, and has lost its counts.

        If several accounts use the server, only the first call has an effect.
        """
        with self._lock:
            if bucket_type is not self._bucket_type:
                self._bucket_type = bucket_type
                self._counts = self._counts_type(bucket_type, limits, self._reserve)

    def take(self, names: tuple[str, ...], now: datetime) -> datetime | None:
        """Count a request in each of these buckets. If one does not allow it, returns when it will.

        The bucket with the lowest limit must be last: what was taken from the others before is not returned.
        """
        return self._counts.take(tuple(dict.fromkeys(names)), now)

    def record_response(self, names: tuple[str, ...], now: datetime) -> None:
        """Record that a response arrived: the server may have counted the request as late as now."""
        self._counts.record_response(tuple(dict.fromkeys(names)), now)

    def record_refusal(self, name: str, now: datetime) -> datetime:
        """Record that the server reported a limit as reached. Returns when a request is surely allowed."""
        return self._counts.record_refusal(name, now)

    def ready_at(self, name: str, now: datetime) -> datetime:
        """The earliest time for the next request; `now` or earlier means immediately."""
        return self._counts.ready_at(name, now)

    def resize(self, limits: Mapping[str, Limit]) -> None:
        """Use the limits that the server reports. Other buckets keep theirs."""
        self._counts.resize(limits)

    def usable(self, name: str) -> int:
        """How many requests Precis sends at once: the rest is reserved for others at the same IP address."""
        capacity = self.limits()[name].capacity
        return capacity - min(self._reserve, capacity - 1)

    def limits(self) -> dict[str, Limit]:
        return self._counts.limits()
