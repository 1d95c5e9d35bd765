"""The servers' rate limits, counted on our side so that no request exceeds one.

All functions take the time as an argument. Nothing here reads a clock or sleeps.
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
"""The server counts whole seconds of its own clock, so ours may be ahead by up to one second."""


@dataclass(frozen=True, slots=True)
class Limit:
    """`capacity` requests at once, then `capacity` more spread over `seconds`."""

    capacity: int
    seconds: int

    @property
    def interval(self) -> timedelta:
        """The minimum time between two requests after the burst."""
        return timedelta(seconds=self.seconds / self.capacity)


class Bucket(Protocol):
    """One rate limit of one server, as far as it is known how much is used up."""

    @property
    def limit(self) -> Limit: ...

    def ready_at(self, now: datetime) -> datetime:
        """The earliest time for the next request; `now` or earlier means immediately."""
        ...

    def take(self, now: datetime) -> bool:
        """Count a request that is sent now. False if the limit does not allow it."""
        ...

    def record_response(self, now: datetime) -> None:
        """Record that a response arrived: the server may have counted the request as late as now."""
        ...

    def record_refusal(self, now: datetime) -> datetime:
        """Record that the server reported the limit as reached. Returns when a request is surely allowed."""
        ...

    def resize(self, limit: Limit) -> None:
        """Use the limit that the server reports. Used requests still count."""
        ...


BucketType = Callable[[Limit, int], Bucket]
"""(limit, requests reserved for others) -> bucket."""


class TokenBucket:
    """Lemmy 0.19's bucket (`crates/utils/src/rate_limit/rate_limiter.rs`), never allowing more than it.

    Only whole tokens are added: `floor(elapsed * capacity / seconds)`. Every success restarts the
    clock, so the fraction is lost. A refused request changes nothing. When an admin changes the limit, the
    tokens stay, up to the new capacity. `reserve` tokens are left for other people who use the server from
    the same IP address, because the server counts by address.
    """

    def __init__(self, limit: Limit, reserve: int = 0) -> None:
        self._limit = limit
        self._reserve = min(reserve, limit.capacity - 1)
        self._tokens = limit.capacity
        self._last: datetime | None = None
        """The last request that the server counted, as far as we know."""
        self._before_last: datetime | None = None
        self._refused_at: datetime | None = None
        """The server's last refusal, until the next request."""
        self._limit_is_assumed = True
        """Whether the server has not reported its limit yet."""

    @property
    def limit(self) -> Limit:
        return self._limit

    def ready_at(self, now: datetime) -> datetime:
        missing = self._reserve + 1 - self._tokens
        since = self._refilled_since()
        if since is None or missing <= 0:
            return now
        return since + self._time_to_refill(missing)

    def take(self, now: datetime) -> bool:
        if self._last is not None and now < self._last:  # the clock was set back
            self._last = now
        if self._refused_at is not None and now < self._refused_at:
            self._refused_at = now
        if self.ready_at(now) > now:
            return False
        self._tokens = min(self._limit.capacity, self._tokens + self._refilled(now)) - 1
        self._before_last, self._last, self._refused_at = self._last, now, None
        return True

    def record_response(self, now: datetime) -> None:
        self._last = max(self._last or now, now)

    def record_refusal(self, now: datetime) -> datetime:
        """The server has no token left, also none of the reserve: others or a lowered limit have used it.

        Its next token comes one interval after the last request that it counted. That was ours before the
        refused one, unless somebody else has used the server since then.
        """
        self._tokens = self._reserve
        before = self._before_last
        self._last = None if before is None else min(before, now)  # the clock may have been set back
        self._refused_at = now
        self._limit_is_assumed = False
        return self.ready_at(now)

    def resize(self, limit: Limit) -> None:
        reserve = min(self._reserve, limit.capacity - 1)
        if self._last is None and self._refused_at is None:
            self._tokens = limit.capacity
        elif self._limit_is_assumed:  # the server has counted with its own limit from the start
            self._tokens = max(0, limit.capacity - (self._limit.capacity - self._tokens))
        else:
            self._tokens = min(self._tokens - self._reserve, limit.capacity - reserve) + reserve
        self._limit, self._reserve, self._limit_is_assumed = limit, reserve, False

    def _refilled_since(self) -> datetime | None:
        """When the server's clock was last restarted. None if it never was."""
        if self._refused_at is None:
            return self._last
        if self._last is None or self._last + self._time_to_refill(1) <= self._refused_at:
            return self._refused_at  # somebody else's request has restarted it at an unknown time
        return self._last

    def _time_to_refill(self, tokens: int) -> timedelta:
        return timedelta(seconds=math.ceil(tokens * self._limit.seconds / self._limit.capacity)) + _SLACK

    def _refilled(self, now: datetime) -> int:
        since = self._refilled_since()
        if since is None:
            return 0
        elapsed = max(timedelta(), now - since - _SLACK).total_seconds()
        return math.floor(elapsed * self._limit.capacity / self._limit.seconds)


class FixedWindow:
    """The window of Lemmy 1.0 or PieFed: `capacity` requests within `seconds` of the first one.

    It is unknown when the server's window started, because someone else's request may have opened it.
    So any interval of that length contains at most `capacity` of our requests. Then no window of the
    server contains more, wherever it starts, and the average rate is the same.
    """

    def __init__(self, limit: Limit, reserve: int = 0) -> None:
        self._limit = limit
        self._reserve = reserve
        self._times: deque[datetime] = deque()
        self._full_since: datetime | None = None
        """When the server's window probably started, after the server reported that it is full."""

    @property
    def limit(self) -> Limit:
        return self._limit

    def ready_at(self, now: datetime) -> datetime:
        room = self._limit.capacity - min(self._reserve, self._limit.capacity - 1)
        started = [] if self._full_since is None else [self._full_since]
        if len(self._times) >= room:
            started.append(self._times[-room])
        return max(started) + timedelta(seconds=self._limit.seconds) + _SLACK if started else now

    def take(self, now: datetime) -> bool:
        if self._times and now < self._times[-1]:  # the clock was set back
            self._times = deque([now] * len(self._times))
        if self._full_since is not None and now < self._full_since:
            self._full_since = now
        if self.ready_at(now) > now:
            return False
        self._full_since = None
        self._times.append(now)
        while len(self._times) > self._limit.capacity:
            self._times.popleft()
        return True

    def record_response(self, now: datetime) -> None:
        if self._times:
            self._times[-1] = max(self._times[-1], now)

    def record_refusal(self, now: datetime) -> datetime:
        """The server's window started at our first request in it, unless someone else has used it too.

        Then the next request is refused again, which costs nothing: refused requests are not counted.
        """
        if self._times:
            self._times.pop()  # the refused request
        length = timedelta(seconds=self._limit.seconds)
        self._full_since = next((time for time in self._times if time + length > now), now)
        return self.ready_at(now)

    def resize(self, limit: Limit) -> None:
        self._limit = limit


class RateLimits:
    """All buckets of one IP address at one server, shared by all jobs that send to it."""

    def __init__(
        self, limits: Mapping[str, Limit], reserve: int = 1, bucket_type: BucketType = TokenBucket
    ) -> None:
        self._reserve = reserve
        self._lock = threading.Lock()
        self._create_buckets(bucket_type, limits)

    def switch_to(self, bucket_type: BucketType, limits: Mapping[str, Limit]) -> None:
        """Start again with another type of bucket: the server was upgraded, and has lost its counts.

        If several accounts use the server, only the first call has an effect.
        """
        with self._lock:
            if bucket_type is not self._bucket_type:
                self._create_buckets(bucket_type, limits)

    def _create_buckets(self, bucket_type: BucketType, limits: Mapping[str, Limit]) -> None:
        self._bucket_type = bucket_type
        self._buckets = {name: bucket_type(limit, self._reserve) for name, limit in limits.items()}

    def take(self, names: tuple[str, ...], now: datetime) -> datetime | None:
        """Count a request in each of these buckets. If one does not allow it, returns when it will.

        The bucket with the lowest limit must be last: what was taken from the others before is not returned.
        """
        with self._lock:
            for name in dict.fromkeys(names):
                if not self._buckets[name].take(now):
                    return self._buckets[name].ready_at(now)
            return None

    def record_response(self, names: tuple[str, ...], now: datetime) -> None:
        with self._lock:
            for name in dict.fromkeys(names):
                self._buckets[name].record_response(now)

    def record_refusal(self, name: str, now: datetime) -> datetime:
        with self._lock:
            return self._buckets[name].record_refusal(now)

    def ready_at(self, name: str, now: datetime) -> datetime:
        with self._lock:
            return self._buckets[name].ready_at(now)

    def resize(self, limits: Mapping[str, Limit]) -> None:
        """Use the limits that the server reports. Other buckets keep theirs."""
        with self._lock:
            for name in self._buckets.keys() & limits.keys():
                self._buckets[name].resize(limits[name])

    def usable(self, name: str) -> int:
        """How many requests Precis sends at once: the rest is reserved for others at the same IP address."""
        capacity = self.limits()[name].capacity
        return capacity - min(self._reserve, capacity - 1)

    def limits(self) -> dict[str, Limit]:
        with self._lock:
            return {name: bucket.limit for name, bucket in self._buckets.items()}
