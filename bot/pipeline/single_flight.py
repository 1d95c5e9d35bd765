"""Fetch and digest an article once for all posts that link to it.

The same article is posted in several communities, often within minutes. Its page is fetched once, and
digested once for each length. Results are cached in memory, for a short time and up to a total size;
after a crash, pages are fetched again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from datetime import timedelta
from time import monotonic
from typing import Generic, Protocol, TypeVar

from msgspec import Struct, field

from bot.core.models import Digest, LengthLimits, NotArticle, Page
from bot.core.urls import normalized_url

ENTRY_TTL = timedelta(minutes=5)
MAX_BYTES = 16_000_000
"""Of all cached pages; one page has at most 2 MB."""
MAX_DIGESTS = 64

T = TypeVar("T")


class _Entry(Struct, Generic[T], eq=False):
    started_at: float
    future: Future[T] = field(default_factory=Future)
    weight: int = 0


class SingleFlightCache(Generic[T]):
    """A cache whose values are made once: concurrent calls with the same key wait for the first one.

    An exception is raised to all waiting callers and is not cached. Thread-safe.
    """

    def __init__(
        self,
        max_weight: int,
        weight_of: Callable[[T], int] = lambda value: 1,
        ttl: timedelta = ENTRY_TTL,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._most = max_weight
        self._weigh = weight_of
        self._life = ttl.total_seconds()
        self._clock = clock
        self._entries: dict[Hashable, _Entry[T]] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        with self._lock:
            self._remove_expired()
            known = self._entries.get(key)
            if known is None:
                entry = self._entries[key] = _Entry(self._clock())
        if known is not None:
            return known.future.result()
        try:
            value = make()
        except BaseException as error:
            with self._lock:
                self._entries.pop(key, None)
            entry.future.set_exception(error)
            raise
        with self._lock:
            entry.weight = self._weigh(value)
            entry.future.set_result(value)
            self._remove_excess()
        return value

    def _remove_expired(self) -> None:
        expired = self._clock() - self._life
        for key in [
            key for key, entry in self._entries.items() if entry.started_at < expired and entry.future.done()
        ]:
            del self._entries[key]

    def _remove_excess(self) -> None:
        """Remove entries above the maximum weight, oldest first, except unfinished ones."""
        weight = sum(entry.weight for entry in self._entries.values())
        for key in [key for key, entry in self._entries.items() if entry.future.done()]:
            if weight <= self._most:
                return
            weight -= self._entries.pop(key).weight


class _DigestPage(Protocol):
    def __call__(
        self, page: Page, length: LengthLimits, method: str, *, with_key_words: bool
    ) -> Digest | NotArticle: ...


class SingleFlight:
    """Wraps `fetch` and `digest` so that each page is fetched and digested once."""

    def __init__(self, fetch: Callable[[str], Page], digest: _DigestPage) -> None:
        self._fetch = fetch
        self._digest = digest
        self._pages: SingleFlightCache[Page] = SingleFlightCache(MAX_BYTES, lambda page: len(page.content))
        self._digests: SingleFlightCache[Digest | NotArticle] = SingleFlightCache(MAX_DIGESTS)

    def fetch(self, url: str) -> Page:
        return self._pages.get(normalized_url(url, keep_access=True), lambda: self._fetch(url))

    def digest(
        self, page: Page, length: LengthLimits, method: str, *, with_key_words: bool
    ) -> Digest | NotArticle:
        # the text of a self post may be edited to another one of the same length
        content = len(page.content) if page.self_post_title is None else page.content
        key = (page.url, page.self_post_title, content, length, method, with_key_words)
        return self._digests.get(
            key, lambda: self._digest(page, length, method, with_key_words=with_key_words)
        )
