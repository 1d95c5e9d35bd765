"""The rate limit of Lemmy 1.0 and PieFed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import groupby

from bot.platforms.buckets import HOLD, SLACK, BucketState, Limit, to_number, to_time


class FixedWindow:
    """The window of Lemmy 1.0 or PieFed: `capacity` requests within `seconds` of the first one.

    It is unknown when the server's window started, because someone else's request may have opened it.
    So any interval of that length contains at most `capacity` of our requests. Then no window of the
    server contains more, wherever it starts, and the average rate is the same.
    """

    kind = "window"

    def __init__(self, limit: Limit, reserve: int = 0) -> None:
        self._limit = limit
        self._reserve = reserve
        self._times: list[datetime] = []
        self._held: list[datetime] = []
        """The latest times of requests that were counted in advance."""
        self._full_since: datetime | None = None
        """When the server's window probably started, after the server reported that it is full."""

    @property
    def limit(self) -> Limit:
        return self._limit

    def ready_at(self, now: datetime) -> datetime:
        started = [] if self._full_since is None else [self._full_since]
        counted = sorted(self._times + self._held) if self._held else self._times
        if len(counted) >= self._room:
            started.append(counted[-self._room])
        return max(started) + self._length + SLACK if started else now

    def take(self, now: datetime) -> bool:
        if not self._is_ready(now):
            return False
        self._times.append(now)
        del self._times[: -self._limit.capacity]
        return True

    def hold(self, count: int, now: datetime) -> int:
        if not self._is_ready(now):
            return 0
        oldest = now - self._length - SLACK
        used = sum(time > oldest for time in self._times) + len(self._held)
        allowed = min(count, self._room - used)
        self._held += [now + HOLD] * allowed
        return allowed

    def record_response(self, now: datetime) -> None:
        self._end_holds(now)
        if self._times:
            self._times[-1] = max(self._times[-1], now)

    def record_refusal(self, now: datetime) -> datetime:
        """The server's window started at our first request in it, unless someone else has used it too.

        Then the next request is refused again, which costs nothing: refused requests are not counted.
        """
        if self._times:
            self._times.pop()  # the refused request
        self._full_since = next((time for time in self._times if time + self._length > now), now)
        return self.ready_at(now)

    def resize(self, limit: Limit) -> None:
        self._limit = limit

    def to_state(self) -> BucketState:
        return {
            "limit": [self._limit.capacity, self._limit.seconds],
            "times": _count_equal(self._times),
            "held": _count_equal(self._held),
            "full_since": to_number(self._full_since),
        }

    def load(self, state: BucketState) -> None:
        self._limit = Limit(*state["limit"])
        self._times, self._held = _repeat(state["times"]), _repeat(state["held"])
        self._full_since = to_time(state["full_since"])

    @property
    def _room(self) -> int:
        return self._limit.capacity - min(self._reserve, self._limit.capacity - 1)

    @property
    def _length(self) -> timedelta:
        return timedelta(seconds=self._limit.seconds)

    def _is_ready(self, now: datetime) -> bool:
        """Whether a request is allowed. It is counted next, so the server's window is open again."""
        if self._times and now < self._times[-1]:  # the clock was set back
            self._times = [now] * len(self._times)
        if self._full_since is not None and now < self._full_since:
            self._full_since = now
        self._end_holds(now)
        if self.ready_at(now) > now:
            return False
        self._full_since = None
        return True

    def _end_holds(self, now: datetime) -> None:
        """Treat requests that were counted in advance like all others when their time is over."""
        if self._held:
            self._held = [min(time, now + HOLD) for time in self._held]  # the clock may have been set back
            self._times = sorted(self._times + [time for time in self._held if time <= now])
            self._held = [time for time in self._held if time > now]
            del self._times[: -self._limit.capacity]


def _count_equal(times: list[datetime]) -> list[list[float]]:
    """Each time with how often it occurs: requests that were counted in advance have the same.

    Lists, so that a state is equal to the one that JSON returns.
    """
    return [[time.timestamp(), len(list(equal))] for time, equal in groupby(times)]


def _repeat(counted: list[list[float]]) -> list[datetime]:
    return [time for number, count in counted for time in [datetime.fromtimestamp(number, UTC)] * int(count)]
