"""The rate limit of Lemmy 0.19."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from bot.platforms.buckets import HOLD, SLACK, BucketState, Limit, to_number, to_time


class TokenBucket:
    """Lemmy 0.19's bucket (`crates/utils/src/rate_limit/rate_limiter.rs`), never allowing more than it.

    Only whole tokens are added: `floor(elapsed * capacity / seconds)`. Every success restarts the
    clock, so the fraction is lost. A refused request changes nothing. When an admin changes the limit, the
    tokens stay, up to the new capacity. `reserve` tokens are left for other people who use the server from
    the same IP address, because the server counts by address.
    """

    kind = "tokens"

    def __init__(self, limit: Limit, reserve: int = 0) -> None:
        self._limit = limit
        self._reserve = min(reserve, limit.capacity - 1)
        self._tokens = limit.capacity
        self._last: datetime | None = None
        """The last request that the server counted, as far as we know."""
        self._before_last: datetime | None = None
        self._refused_at: datetime | None = None
        """The server's last refusal, until the next request."""
        self._held_until: datetime | None = None
        """The latest time of a request that was counted in advance."""
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
        return self._take(1, now) == 1

    def hold(self, count: int, now: datetime) -> int:
        allowed = self._take(count, now)
        if allowed:
            self._held_until = now + HOLD
        return allowed

    def _take(self, count: int, now: datetime) -> int:
        if self._last is not None and now < self._last:  # the clock was set back
            self._last = now
        if self._refused_at is not None and now < self._refused_at:
            self._refused_at = now
        if self._held_until is not None and now + HOLD < self._held_until:
            self._held_until = now + HOLD
        if self.ready_at(now) > now:
            return 0
        tokens = min(self._limit.capacity, self._tokens + self._refilled(now))
        allowed = min(count, tokens - self._reserve)
        self._tokens = tokens - allowed
        self._before_last, self._last, self._refused_at = self._last, now, None
        return allowed

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

    def to_state(self) -> BucketState:
        return {
            "limit": [self._limit.capacity, self._limit.seconds],
            "assumed": self._limit_is_assumed,
            "tokens": self._tokens,
            "last": to_number(self._last),
            "before_last": to_number(self._before_last),
            "refused_at": to_number(self._refused_at),
            "held_until": to_number(self._held_until),
        }

    def load(self, state: BucketState) -> None:
        self._limit, self._limit_is_assumed = Limit(*state["limit"]), bool(state["assumed"])
        self._reserve = min(self._reserve, self._limit.capacity - 1)
        self._tokens = int(state["tokens"])
        self._last, self._before_last = to_time(state["last"]), to_time(state["before_last"])
        self._refused_at, self._held_until = to_time(state["refused_at"]), to_time(state["held_until"])

    def _refilled_since(self) -> datetime | None:
        """From when on the server adds tokens, at the earliest. None if it has counted nothing."""
        since = self._server_clock_restarted_at()
        if self._held_until is None or (since is not None and since > self._held_until):
            return since
        return self._held_until

    def _server_clock_restarted_at(self) -> datetime | None:
        """When the server's clock was last restarted. None if it never was."""
        if self._refused_at is None:
            return self._last
        if self._last is None or self._last + self._time_to_refill(1) <= self._refused_at:
            return self._refused_at  # somebody else's request has restarted it at an unknown time
        return self._last

    def _time_to_refill(self, tokens: int) -> timedelta:
        return timedelta(seconds=math.ceil(tokens * self._limit.seconds / self._limit.capacity)) + SLACK

    def _refilled(self, now: datetime) -> int:
        since = self._refilled_since()
        if since is None:
            return 0
        elapsed = max(timedelta(), now - since - SLACK).total_seconds()
        return math.floor(elapsed * self._limit.capacity / self._limit.seconds)
