"""The parts of the adapters of Lemmy and PieFed that are the same."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from datetime import datetime

from bot.core.errors import Refused
from bot.core.messages import SettingsPage
from bot.core.models import CheckResult, Dialect, PollResult, Source
from bot.core.post_addresses import parse_post_address
from bot.core.skip_reasons import SkipReason
from bot.platforms.account_check import collect_findings
from bot.platforms.api_client import ApiClient
from bot.platforms.rate_limits import Clock, RateLimits
from bot.platforms.subscribed_listing import SubscribedListing


class FederatedAdapter(ABC):
    """A `bot.platforms.base.Platform` without what differs between Lemmy and PieFed."""

    dialect: Dialect
    account: str
    rate_limits: RateLimits
    _clock: Clock
    _client: ApiClient
    _subscribed_listing: SubscribedListing

    @abstractmethod
    def _current_viewer(self) -> object:
        """Logs in and loads the account, if that was not done recently."""

    @abstractmethod
    def _findings(self, sources: tuple[Source, ...]) -> Iterator[CheckResult]:
        """The results of `precis check`."""

    def poll(self, source: Source, cursor: str | None, since: datetime) -> PollResult:
        self._current_viewer()
        return self._subscribed_listing.poll(source.community, cursor, since)

    @abstractmethod
    def _resolve_object(self, url: str) -> str | None:
        """The path of the server's copy of a post or comment; None if the server cannot get it."""

    def resolve_address(self, address: str) -> str | None:
        """Asks the server, which gets a copy from the other server if it has none yet."""
        parsed = parse_post_address(address)
        if parsed is None or parsed.is_reddit:
            return None
        if self._client.host in parsed.servers:
            kind, number = ("comment", parsed.comment_id) if parsed.comment_id else ("post", parsed.post_id)
            return f"{self._client.base_url}/{kind}/{number}"
        self._current_viewer()
        path = next((found for url in parsed.urls if (found := self._resolve_object(url))), None)
        return None if path is None else f"{self._client.base_url}{path}"

    def find_deleted_posts(self, post_ids: tuple[str, ...]) -> frozenset[str]:
        """Always empty: it would take a call for each post, which is too much load for the server."""
        del post_ids
        return frozenset()

    def distinguish(self, comment_id: str, *, sticky: bool) -> None:
        del sticky
        detail = f"comment {comment_id} cannot be distinguished: only Reddit supports it"
        raise Refused(SkipReason.REFUSED, detail)

    def next_reply_at(self, community: str) -> datetime | None:
        del community  # one limit for all communities
        now = self._clock()
        ready_at = self.rate_limits.ready_at("comment", now)
        return ready_at if ready_at > now else None

    def inspect(self, sources: tuple[Source, ...]) -> tuple[CheckResult, ...]:
        return collect_findings(self._findings(sources))

    def close(self) -> None:
        self._client.close()


def sidebar_page(community: str, text: str) -> SettingsPage:
    """The settings page of a community whose sidebar only moderators can change."""
    revision = hashlib.sha256(text.encode()).hexdigest()[:16]
    return SettingsPage(community, text, revision, editor=None, moderators_only=True)
