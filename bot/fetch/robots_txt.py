"""What a site's robots.txt allows (RFC 9309), remembered for a while.

A file that does not exist allows everything. One that cannot be reached forbids everything until
it can be: the rules known before are used if there are any, otherwise the fetch fails and may be
tried again. An origin whose robots.txt has been out of reach for a day counts as having none.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.core.errors import FetchBusy, FetchError, FetchStopped
from bot.core.skip_reasons import SkipReason
from bot.fetch.deadline import Deadline, Monotonic
from bot.fetch.robots_rules import MAX_BYTES, Rules, parse_rules
from bot.fetch.target_url import Target

LIFETIME = 6 * 3600.0
"""Seconds until known rules are read again; RFC 9309 allows a day."""
RETRY = 60.0
"""Seconds until an unreachable robots.txt is asked for again."""
PATIENCE = 24 * 3600.0
"""Seconds until an unreachable robots.txt counts as absent."""
MAX_CRAWL_DELAY = 10.0
"""Longest pause, in seconds, that a site may ask for."""
MAX_CACHED_SIZE = 2 * MAX_BYTES
"""Size of all rules that are remembered at once, in characters."""
_ENTRY_SIZE = 1000
_PATTERN_SIZE = 100
"""What an entry and each of its patterns cost in memory beside their characters."""

ReadRobotsTxt = Callable[[Target, Deadline], str]
"""robots.txt of an origin, "" when there is none; raises FetchError when nobody knows."""


@dataclass(frozen=True, slots=True)
class _Entry:
    rules: Rules | None
    """None while the file is out of reach."""
    size: int
    until: float
    failing_since: float | None = None
    reason: SkipReason = SkipReason.SITE_DOWN
    why: str = ""
    """Why the file is out of reach."""


class RobotsRules:
    """The rules of each origin; several threads may ask at once."""

    def __init__(self, read: ReadRobotsTxt, agent: str, monotonic: Monotonic) -> None:
        self._read = read
        self._agent = agent
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._entries: OrderedDict[str, _Entry] = OrderedDict()

    def check(self, target: Target, deadline: Deadline) -> None:
        """Raises FetchError when `target` is closed to Precis, or nobody can say."""
        entry = self._entry(target, deadline)
        if entry.rules is None:
            raise _nobody_knows(target.host, entry)
        if not entry.rules.allow(target.path):
            detail = f"The robots.txt of {target.host} closes this page to Precis."
            raise FetchError(SkipReason.ROBOTS, detail, permanent=True)

    def crawl_delay(self, server: str) -> float:
        """Seconds between two pages of a host, as far as its rules are known; at most MAX_CRAWL_DELAY."""
        with self._lock:
            known = [self._entries.get(origin) for origin in (f"https://{server}", f"http://{server}")]
        delays = [entry.rules.crawl_delay for entry in known if entry and entry.rules]
        return min(MAX_CRAWL_DELAY, max((delay or 0.0 for delay in delays), default=0.0))

    def _entry(self, target: Target, deadline: Deadline) -> _Entry:
        known = self._known(target.origin)
        now = self._monotonic()
        if known and now < known.until:
            return known
        try:
            entry = _parsed(self._read(target, deadline), self._agent, now)
        except (FetchBusy, FetchStopped):
            raise
        except FetchError as error:
            if error.reason is SkipReason.FORBIDDEN_ADDRESS:
                raise
            entry = _unreachable(known, error, now)
            if entry.rules is None:
                self._remember(target.origin, entry)
                raise _nobody_knows(target.host, entry) from error
        self._remember(target.origin, entry)
        return entry

    def _known(self, origin: str) -> _Entry | None:
        with self._lock:
            if origin in self._entries:
                self._entries.move_to_end(origin)
            return self._entries.get(origin)

    def _remember(self, origin: str, entry: _Entry) -> None:
        with self._lock:
            self._entries[origin] = entry
            self._entries.move_to_end(origin)
            while len(self._entries) > 1 and sum(e.size for e in self._entries.values()) > MAX_CACHED_SIZE:
                self._entries.popitem(last=False)


def _parsed(text: str, agent: str, now: float) -> _Entry:
    rules = parse_rules(text, agent)
    size = _ENTRY_SIZE + rules.size + _PATTERN_SIZE * len(rules.patterns)
    return _Entry(rules, size, now + LIFETIME)


def _unreachable(known: _Entry | None, error: FetchError, now: float) -> _Entry:
    since = known.failing_since if known and known.failing_since is not None else now
    rules = known.rules if known else None
    if rules is None and now - since >= PATIENCE:
        rules = Rules()
    size = known.size if known else _ENTRY_SIZE
    reason = SkipReason.SITE_DOWN if error.permanent else error.reason
    return _Entry(rules, size, now + RETRY, since, reason, error.detail)


def _nobody_knows(host: str, entry: _Entry) -> FetchError:
    detail = f"The robots.txt of {host} could not be read, which counts as a no for now: {entry.why}"
    return FetchError(entry.reason, detail, permanent=False, retry_after=timedelta(seconds=RETRY))
