"""The buckets in which requests to a server are counted, one for each of its rate limits.

All functions take the time as an argument. Nothing here reads a clock or sleeps.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from msgspec import Struct

BucketState = dict[str, Any]
"""What a bucket has counted, as JSON values."""

SLACK = timedelta(seconds=1)
"""The server counts whole seconds of its own clock, so ours may be ahead by up to one second."""
HOLD = timedelta(seconds=5)
"""How long a process may take to send the requests that it has counted in advance."""


class Limit(Struct, frozen=True):
    """`capacity` requests at once, then `capacity` more spread over `seconds`."""

    capacity: int
    seconds: int

    @property
    def interval(self) -> timedelta:
        """The minimum time between two requests after the burst."""
        return timedelta(seconds=self.seconds / self.capacity)


class Bucket(Protocol):
    """One rate limit of one server, as far as it is known how much is used up."""

    kind: str
    """The name of its type. Stored counts of one type mean nothing to another."""

    @property
    def limit(self) -> Limit: ...

    def ready_at(self, now: datetime) -> datetime:
        """The earliest time for the next request; `now` or earlier means immediately."""
        ...

    def take(self, now: datetime) -> bool:
        """Count a request that is sent now. False if the limit does not allow it."""
        ...

    def hold(self, count: int, now: datetime) -> int:
        """Count up to `count` requests that are sent within `HOLD` from now. Returns how many are allowed.

        All are treated as sent at the end of that time, so the server has never counted more than we have.
        """
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

    def to_state(self) -> BucketState:
        """All that was counted."""
        ...

    def load(self, state: BucketState) -> None:
        """Continue from what `to_state` returned.

        Raises ValueError, KeyError or TypeError for other values.
        """
        ...


BucketType = Callable[[Limit, int], Bucket]
"""(limit, requests reserved for others) -> bucket."""


def to_number(time: datetime | None) -> float | None:
    return None if time is None else time.timestamp()


def to_time(number: float | None) -> datetime | None:
    return None if number is None else datetime.fromtimestamp(number, UTC)
