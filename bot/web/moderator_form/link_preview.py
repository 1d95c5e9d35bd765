"""The preview of a reply for visitors without a token: few fetches, and no details of the page."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime

from markupsafe import Markup
from msgspec import Struct

from bot.core.errors import FetchError, WorkerError
from bot.core.models import Dialect, NotArticle, Post, Skipped
from bot.core.skip_reasons import SkipReason
from bot.pipeline import policy
from bot.pipeline.compose import write_reply
from bot.pipeline.footer_links import sample_links
from bot.rules import CommunityRules
from bot.web.connection_limits import network_of_address
from bot.web.context import PageContext
from bot.web.markdown import to_html

PERIOD = 24 * 3600.0
"""Seconds for which previews are counted."""
MAX_PER_PERIOD = 200
"""Previews of all visitors together."""
MAX_LINK_LENGTH = 2_000
"""Characters."""


class LinkPreview(Struct, frozen=True):
    """The reply to a link, or why there is none."""

    html: Markup | None = None
    refusal: SkipReason | None = None
    limit: int = 0
    """Not 0 if the visitor has had all previews of 24 hours."""
    is_busy: bool = False
    """Whether somebody else's preview was in progress."""


class FetchLimits:
    """Counts the fetches of each visitor, by network, and of all visitors. Thread-safe."""

    def __init__(self, per_visitor: int, monotonic: Callable[[], float]) -> None:
        """`per_visitor` is the maximum in `PERIOD`."""
        self._per_visitor = per_visitor
        self._monotonic = monotonic
        self._fetches: deque[tuple[float, str]] = deque()
        self._lock = threading.Lock()

    def admit(self, address: str) -> bool:
        """Count a fetch; False if the visitor, or all visitors together, have had the maximum."""
        network = network_of_address(address)
        with self._lock:
            now = self._monotonic()
            while self._fetches and self._fetches[0][0] <= now - PERIOD:
                self._fetches.popleft()
            of_visitor = sum(1 for _, each in self._fetches if each == network)
            if of_visitor >= self._per_visitor or len(self._fetches) >= MAX_PER_PERIOD:
                return False
            self._fetches.append((now, network))
            return True


class LinkPreviews:
    """Makes previews, one at a time: the daemon's own work has priority."""

    def __init__(self, context: PageContext, monotonic: Callable[[], float]) -> None:
        self._context = context
        self._per_visitor = context.config.inbox.per_person
        self._limits = FetchLimits(self._per_visitor, monotonic)
        self._slot = threading.Lock()

    def make(self, link: str, rules: CommunityRules, dialect: Dialect, address: str) -> LinkPreview:
        """The preview for a link with some settings. `address` is the visitor's."""
        if len(link) > MAX_LINK_LENGTH:
            return LinkPreview(refusal=SkipReason.NOT_WEB)
        url = link if "://" in link else f"https://{link}"
        post = Post("", "", "", "", url, "", "", datetime.now(UTC))
        skipped = policy.check_request(post, rules)
        if skipped is not None:
            return LinkPreview(refusal=skipped.reason)
        if not self._slot.acquire(blocking=False):  # waiting requests would keep others from the pages
            return LinkPreview(is_busy=True)
        try:
            if not self._limits.admit(address):
                return LinkPreview(limit=self._per_visitor)
            page = self._context.fetch(url)
            digest = self._context.digest(page, rules.length, rules.method, explain=False)
        except FetchError as error:
            return LinkPreview(refusal=error.reason)
        except WorkerError:
            return LinkPreview(refusal=SkipReason.CRASHED)
        finally:
            self._slot.release()
        if isinstance(digest, NotArticle):
            return LinkPreview(refusal=digest.reason)
        config = self._context.config
        links = sample_links(config, dialect)
        outcome = write_reply(
            digest, page.url, rules, dialect, config.bot.source_url, links, config.templates.of(dialect)
        )
        if isinstance(outcome, Skipped):
            return LinkPreview(refusal=outcome.reason)
        return LinkPreview(to_html(outcome.markdown, dialect))
