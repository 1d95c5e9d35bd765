"""Reddit's limit on API calls, and the wait between two comments in a subreddit.

Nothing here sleeps. A call that comes too early raises `RetryLater`.
Source: https://support.reddithelp.com/hc/en-us/articles/16160319875092-Reddit-Data-API-Wiki
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from bot.core.errors import RetryLater
from bot.platforms.rate_limits import Clock

CALLS_PER_MINUTE = 95
"""Calls in any 60 seconds. Reddit allows an app 100; the difference allows for its clock."""

_WINDOW = timedelta(minutes=1)
_RESERVE = 2.0
"""Calls that stay unused in Reddit's window."""

RATE_LIMIT_HEADERS = ("x-ratelimit-remaining", "x-ratelimit-used", "x-ratelimit-reset")


class RateLimits:
    """Counts the calls of one app. Thread-safe."""

    def __init__(self, clock: Clock, calls_per_minute: int = CALLS_PER_MINUTE) -> None:
        self._clock = clock
        self._calls_per_minute = calls_per_minute
        self._sent: deque[datetime] = deque()
        self._blocked_until: datetime | None = None
        self._remaining: float | None = None
        self._lock = threading.Lock()

    def take(self) -> None:
        """Count a call that is sent now. Raises RetryLater if it would exceed the limit."""
        now = self._clock()
        with self._lock:
            ready = self._ready_at(now)
            if ready > now:
                raise RetryLater(ready, "Reddit's limit on calls is reached")
            self._sent.append(now)

    def ready_at(self, now: datetime) -> datetime:
        """The earliest time for the next call; `now` if it can be sent at once."""
        with self._lock:
            return self._ready_at(now)

    def update_from_headers(self, headers: Mapping[str, str]) -> None:
        """Use the response's number of remaining calls and the seconds until Reddit's window resets."""
        try:
            remaining, reset = float(headers[RATE_LIMIT_HEADERS[0]]), float(headers[RATE_LIMIT_HEADERS[2]])
            until = self._clock() + timedelta(seconds=reset)
        except (KeyError, ValueError, OverflowError):
            return
        with self._lock:
            self._remaining = remaining
            if remaining <= _RESERVE:
                self._blocked_until = until

    def block_until(self, until: datetime) -> None:
        """Send no call before `until`, because Reddit responded with 429."""
        with self._lock:
            self._blocked_until = max(until, self._blocked_until or until)

    @property
    def remaining(self) -> float | None:
        """Calls left in Reddit's 10-minute window according to the last response; None if unknown."""
        return self._remaining

    def _ready_at(self, now: datetime) -> datetime:
        while self._sent and not now - _WINDOW < self._sent[0] <= now:  # too old, or the clock was set back
            self._sent.popleft()
        full = len(self._sent) >= self._calls_per_minute
        by_count = self._sent[0] + _WINDOW if full else now
        return max(now, by_count, self._blocked_until or now)


class CommentCooldowns:
    """A new account waits ten minutes between two comments in a subreddit where its karma is low.

    Reddit does not say in advance where. A subreddit counts as one of these after its first refusal.
    Moderators and approved users are exempt.
    """

    COOLDOWN = timedelta(minutes=10)

    def __init__(self) -> None:
        self._until: dict[str, datetime] = {}
        self._exempt: frozenset[str] = frozenset()

    def exempt(self, communities: Iterable[str]) -> None:
        self._exempt = frozenset(communities)

    def start(self, community: str, until: datetime) -> None:
        self._until[community] = until

    def replied(self, community: str, now: datetime) -> None:
        if community in self._until:
            self._until[community] = now + self.COOLDOWN

    def until(self, community: str) -> datetime | None:
        return None if community in self._exempt else self._until.get(community)
