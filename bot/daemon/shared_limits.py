"""The rate limits of servers that count by IP address: all accounts on one server share them."""

from __future__ import annotations

from functools import partial

from bot.platforms.rate_limits import RateLimits
from bot.platforms.shared_counts import SharedCounts
from bot.store import Database
from bot.store.rate_limit_buckets import RateLimitBuckets


class SharedLimits:
    """The rate limits of each server. On a single machine, requests are counted in memory."""

    def __init__(self, database: Database | None = None, egress: str = "") -> None:
        """With a `database`, requests are counted there, for all nodes that leave by the same address."""
        self._database = database
        self._egress = egress
        self._of_servers: dict[str, RateLimits] = {}

    def find(self, server: str) -> RateLimits | None:
        """The limits of a server, named by kind and address; None if they are not known yet."""
        return self._of_servers.get(server)

    def add(self, server: str, rate_limits: RateLimits) -> None:
        """Share these limits, unless the server has some."""
        if self._of_servers.setdefault(server, rate_limits) is rate_limits and self._database is not None:
            rows = RateLimitBuckets(self._database, server, self._egress)
            rate_limits.count_in(partial(SharedCounts, rows))
