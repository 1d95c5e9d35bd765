"""Keeps the last pages of the preview in memory for some minutes.

So a change of a setting does not fetch the page again, and the page is not stored permanently.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from bot.core.models import Page

MAX_PAGES = 4
MAX_AGE = 600.0


class PreviewCache:
    """The last `MAX_PAGES` pages, for `MAX_AGE` seconds. Thread-safe."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._pages: OrderedDict[str, tuple[float, Page]] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, page: Page) -> str:
        """Add a page. Returns its id, which nobody can guess."""
        name = secrets.token_urlsafe(16)
        with self._lock:
            self._pages[name] = (self._monotonic() + MAX_AGE, page)
            while len(self._pages) > MAX_PAGES:
                self._pages.popitem(last=False)
        return name

    def get(self, name: str) -> Page | None:
        with self._lock:
            self._remove_expired()
            if name not in self._pages:
                return None
            self._pages.move_to_end(name)
            return self._pages[name][1]

    def _remove_expired(self) -> None:
        now = self._monotonic()
        for name in [name for name, (until, _) in self._pages.items() if until <= now]:
            del self._pages[name]
