"""How often Reddit may be asked, and how soon the bot may comment again in a subreddit.

Nothing here sleeps: whoever is too early gets `NotNow` and comes back.
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
"""Calls in any 60 seconds; Reddit allows an app 100, and its clock is not ours."""

_MINUTE = timedelta(minutes=1)
_RESERVE = 2.0
"""Calls that are left over in Reddit's window when we stop."""

RATE_LIMIT_HEADERS = ("x-ratelimit-remaining", "x-ratelimit-used", "x-ratelimit-reset")


class RateLimits:
    """The calls of one app; safe to share between threads."""

    def __init__(self, clock: Clock, per_minute: int = CALLS_PER_MINUTE) -> None:
        self._clock = clock
        self._per_minute = per_minute
        self._sent: deque[datetime] = deque()
        self._shut_until: datetime | None = None
        self._left: float | None = None
        self._lock = threading.Lock()

    def take(self) -> None:
        """Count a call that leaves now; raises NotNow when it would be one too many."""
        now = self._clock()
        with self._lock:
            ready = self._ready_at(now)
            if ready > now:
                raise RetryLater(ready, "Reddit's limit on calls is reached")
            self._sent.append(now)

    def ready_at(self, now: datetime) -> datetime:
        """When the next call may leave; `now` for at once."""
        with self._lock:
            return self._ready_at(now)

    def update_from_headers(self, headers: Mapping[str, str]) -> None:
        """Take over what an answer says of the calls that are left, and of the seconds until more come."""
        try:
            left, reset = float(headers[RATE_LIMIT_HEADERS[0]]), float(headers[RATE_LIMIT_HEADERS[2]])
            until = self._clock() + timedelta(seconds=reset)
        except (KeyError, ValueError, OverflowError):
            return
        with self._lock:
            self._left = left
            if left <= _RESERVE:
                self._shut_until = until

    def block_until(self, until: datetime) -> None:
        """Reddit said 429: no call before then."""
        with self._lock:
            self._shut_until = max(until, self._shut_until or until)

    @property
    def remaining(self) -> float | None:
        """Calls left in Reddit's window of ten minutes, when it last said so."""
        return self._left

    def _ready_at(self, now: datetime) -> datetime:
        while self._sent and not now - _MINUTE < self._sent[0] <= now:  # too old, or the clock was set back
            self._sent.popleft()
        full = len(self._sent) >= self._per_minute
        by_count = self._sent[0] + _MINUTE if full else now
        return max(now, by_count, self._shut_until or now)


class CommentCooldowns:
    """A new account waits ten minutes between two comments in a subreddit where its karma is low.

    Reddit does not say in advance where; a subreddit counts as slow from its first refusal on.
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
