"""The rules of a site's robots.txt (RFC 9309), cached.

A file that does not exist allows everything. While a file cannot be fetched, the cached rules apply;
without cached rules, every fetch from the site fails and may be retried. If a file could not be fetched for
a day, it is treated as absent.
"""

from __future__ import annotations

import codecs
import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from msgspec import Struct

from bot.core.errors import FetchBusy, FetchError, FetchOffline, FetchStopped, StoreError
from bot.core.skip_reasons import SkipReason
from bot.fetch.deadline import Deadline, Monotonic
from bot.fetch.robots_rules import MAX_BYTES, Rules, parse_rules
from bot.fetch.shared_hosts import RobotsFiles
from bot.fetch.target_url import Target

CACHE_SECONDS = 6 * 3600.0
"""Seconds until cached rules are fetched again; RFC 9309 allows a day."""
RETRY_SECONDS = 60.0
"""Seconds until the fetch of an unreachable robots.txt is retried."""
ABSENT_AFTER_SECONDS = 24 * 3600.0
"""Seconds until an unreachable robots.txt is treated as absent."""
MAX_CRAWL_DELAY = 10.0
"""Maximum Crawl-delay in seconds; longer ones are reduced to it."""
MAX_CACHED_SIZE = 2 * MAX_BYTES
"""Maximum size of all cached rules, in characters."""
_ENTRY_SIZE = 1000
_PATTERN_SIZE = 100
"""The memory that an entry and each of its patterns need besides their characters."""

ReadRobotsTxt = Callable[[Target, Deadline], str]
"""Returns the robots.txt of an origin, "" if there is none; raises FetchError if it cannot be fetched."""


class _Entry(Struct, frozen=True):
    rules: Rules | None
    """None while the file is unreachable."""
    size: int
    valid_until: float
    failing_since: float | None = None
    reason: SkipReason = SkipReason.SITE_DOWN
    detail: str = ""
    """Why the file is unreachable."""


class RobotsRules:
    """The rules of each origin. Thread-safe. Other processes read each file once if they share `files`."""

    def __init__(
        self,
        read_file: ReadRobotsTxt,
        agent: str,
        monotonic: Monotonic,
        files: RobotsFiles | None = None,
    ) -> None:
        self._read_file = read_file
        self._agent = agent
        self._monotonic = monotonic
        self._files = files
        self._lock = threading.Lock()
        self._entries: OrderedDict[str, _Entry] = OrderedDict()

    def check(self, target: Target, deadline: Deadline) -> None:
        """Raises FetchError if robots.txt disallows `target`, or if it cannot be fetched."""
        entry = self._entry(target, deadline)
        if entry.rules is None:
            raise _unavailable(target.host, entry)
        if not entry.rules.allow(target.path):
            detail = f"The robots.txt of {target.host} disallows this page for Precis."
            raise FetchError(SkipReason.ROBOTS, detail, permanent=True)

    def crawl_delay(self, host_key: str) -> float:
        """Seconds between two pages of a host, at most MAX_CRAWL_DELAY; 0 if no rules are cached."""
        with self._lock:
            cached = [self._entries.get(origin) for origin in (f"https://{host_key}", f"http://{host_key}")]
        delays = [entry.rules.crawl_delay for entry in cached if entry and entry.rules]
        return min(MAX_CRAWL_DELAY, max((delay or 0.0 for delay in delays), default=0.0))

    def _entry(self, target: Target, deadline: Deadline) -> _Entry:
        cached = self._cached(target.origin)
        now = self._monotonic()
        if cached and now < cached.valid_until:
            return cached
        shared = self._shared_file(target.origin)
        if shared is not None:
            text, seconds = shared
            entry = _to_entry(text, self._agent, now + min(seconds, CACHE_SECONDS))
            self._store(target.origin, entry)
            return entry
        try:
            text = self._read_file(target, deadline)
            entry = _to_entry(text, self._agent, now + CACHE_SECONDS)
            self._share_file(target.origin, text)
        except (FetchBusy, FetchOffline, FetchStopped):
            raise
        except FetchError as error:
            if error.reason is SkipReason.FORBIDDEN_ADDRESS:
                raise
            entry = _unreachable_entry(cached, error, now)
            if entry.rules is None:
                self._store(target.origin, entry)
                raise _unavailable(target.host, entry) from error
        self._store(target.origin, entry)
        return entry

    def _shared_file(self, origin: str) -> tuple[str, float] | None:
        """None also if the database cannot be used: this process can read the file itself."""
        if self._files is not None:
            with suppress(StoreError):
                return self._files.find(origin)
        return None

    def _share_file(self, origin: str, text: str) -> None:
        if self._files is not None:
            with suppress(StoreError):
                self._files.save(origin, text, CACHE_SECONDS)

    def _cached(self, origin: str) -> _Entry | None:
        with self._lock:
            if origin in self._entries:
                self._entries.move_to_end(origin)
            return self._entries.get(origin)

    def _store(self, origin: str, entry: _Entry) -> None:
        with self._lock:
            self._entries[origin] = entry
            self._entries.move_to_end(origin)
            while len(self._entries) > 1 and sum(e.size for e in self._entries.values()) > MAX_CACHED_SIZE:
                self._entries.popitem(last=False)


def robots_text(content: bytes) -> str:
    """The text of a file, which is in UTF-8 (RFC 9309, 2.3), or in UTF-16 by an error of some editors."""
    utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return content.decode("utf-16" if utf16 else "utf-8-sig", "replace")


def _to_entry(text: str, agent: str, valid_until: float) -> _Entry:
    rules = parse_rules(text, agent)
    size = _ENTRY_SIZE + rules.size + _PATTERN_SIZE * len(rules.patterns)
    return _Entry(rules, size, valid_until)


def _unreachable_entry(cached: _Entry | None, error: FetchError, now: float) -> _Entry:
    since = cached.failing_since if cached and cached.failing_since is not None else now
    rules = cached.rules if cached else None
    if rules is None and now - since >= ABSENT_AFTER_SECONDS:
        rules = Rules()
    size = cached.size if cached else _ENTRY_SIZE
    reason = SkipReason.SITE_DOWN if error.permanent else error.reason
    return _Entry(rules, size, now + RETRY_SECONDS, since, reason, error.detail)


def _unavailable(host: str, entry: _Entry) -> FetchError:
    detail = f"The robots.txt of {host} could not be fetched, so its pages are not fetched: {entry.detail}"
    return FetchError(entry.reason, detail, permanent=False, retry_after=timedelta(seconds=RETRY_SECONDS))
