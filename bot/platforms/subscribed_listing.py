"""Poll communities through the shared listing of all subscribed communities, or one by one.

An account that watches several communities subscribes to them. Then one call per round lists the new
posts of all. A community that the account is not subscribed to (yet), because it has to approve the
account or refuses it, is read from its own listing. Each community has its own cursor for the listing
that it was last read from, so no post is missed when a community is added, dropped or approved.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from msgspec import Struct, field

from bot.core.errors import AccountError, PlatformError
from bot.core.models import PollResult
from bot.platforms.pagination import FetchPage, Pagination, PostPage
from bot.platforms.rate_limits import Clock

_log = logging.getLogger(__name__)

_SHARED_PREFIX = "subscribed:"
"""Prefix of a cursor for the shared listing. A cursor for one listing is not valid for another."""
_RECHECK_PENDING = timedelta(minutes=10)
"""When a community that has not approved the account yet is checked again."""
CHECK_SILENT_AFTER = timedelta(minutes=20)
"""After so long without a post of a community, its subscription is checked. Servers end subscriptions without
notice: a community ban does, and lifting the ban does not bring it back (Lemmy 0.19.20 and 1.0)."""
_SILENCES_AFTER_REFUSAL = 3
"""After so many times the silence, an hour, a subscription that was refused (by a ban) is tried again."""
_SHARED_FOR = timedelta(seconds=20)
"""How long a page is shared. A community that missed a round must not get the old page in the next."""


class SubscriptionState(StrEnum):
    NOT_SUBSCRIBED = "not subscribed"
    PENDING = "waiting for the community's approval"
    SUBSCRIBED = "subscribed"


class Subscription(Struct, frozen=True):
    """Whether the account is subscribed to a community."""

    id: int
    name: str
    """`name@host`, as in the community's posts."""
    state: SubscriptionState
    removed: bool = False
    """Whether the community was deleted or removed."""


class ListingApi(Protocol):
    """The calls of a server. They raise the errors of read calls; `subscribe` also those of write calls."""

    def list_posts(self, community: str | None, page: str | None) -> PostPage:
        """The newest posts of one community, or of all if it is None."""
        ...

    def list_subscribed_posts(self, page: str | None) -> PostPage:
        """The newest posts of all communities that the account is subscribed to."""
        ...

    def fetch_subscription(self, community: str) -> Subscription: ...
    def subscribe(self, subscription: Subscription) -> Subscription: ...


class _SharedPages(Struct):
    """The pages of the shared listing: each is fetched once for all communities."""

    fetch: FetchPage
    started_at: datetime
    served: set[str] = field(default_factory=set)
    reported: set[str] = field(default_factory=set)
    _pages: dict[str | None, PostPage | PlatformError] = field(default_factory=dict)

    def can_serve(self, community: str, now: datetime) -> bool:
        """Whether the community may still use these pages: only once, and only for a short time."""
        return community not in self.served and now < self.started_at + _SHARED_FOR

    def page(self, token: str | None) -> PostPage:
        if token not in self._pages:
            try:
                self._pages[token] = self.fetch(token)
            except PlatformError as error:  # if the server is down, do not ask again for each community
                self._pages[token] = error
        found = self._pages[token]
        if isinstance(found, PlatformError):
            raise found
        return found


class SubscribedListing:
    """The polls of one account.

    `communities` are all communities that will be polled, `host` is the account's server. Without
    `subscribe`, each community is read from its own listing, and the account subscribes to none.
    `reload_account` fetches the account again and calls `set_subscriptions`; a community without posts for
    `check_silent_after` is a reason to call it.
    """

    def __init__(
        self,
        api: ListingApi,
        communities: tuple[str, ...],
        host: str,
        clock: Clock,
        *,
        subscribe: bool,
        max_pages: int,
        reload_account: Callable[[], object],
        check_silent_after: timedelta = CHECK_SILENT_AFTER,
    ) -> None:
        self._api = api
        self._use_shared_listing = subscribe and len(communities) > 1
        self._to_subscribe = frozenset(
            name
            for name in communities
            if subscribe and (self._use_shared_listing or not name.endswith(f"@{host}"))
        )
        self._clock = clock
        self._max_pages = max_pages
        self._subscribed: dict[str, str] = {}
        """Subscribed communities: name in the config -> name in their posts."""
        self._check_again_at: dict[str, datetime] = {}
        self._reload_account = reload_account
        self._check_silent_after = check_silent_after
        self._pause_after_refusal = _SILENCES_AFTER_REFUSAL * check_silent_after
        self._reloaded_at = clock()
        """When the server last reported the subscriptions."""
        self._last_post_at: dict[str, datetime] = {}
        """When the shared listing last had a new post of each community."""
        self._shared = _SharedPages(api.list_subscribed_posts, clock())

    def poll(self, community: str | None, cursor: str | None, since: datetime) -> PollResult:
        """Poll a community, or all posts if it is None. The shared listing costs one call per round."""
        shared_cursor = cursor if cursor is not None and cursor.startswith(_SHARED_PREFIX) else None
        if community in self._subscribed and self._use_shared_listing:
            self._check_silent(community)
        listed = community in self._subscribed
        if community in self._to_subscribe and not listed:
            listed = self._check_subscription(community, was_listed=shared_cursor is not None)
        if community is not None and listed and self._use_shared_listing:
            result = self._poll_shared(community, shared_cursor, since)
            if community in self._subscribed:  # a reload of the account may have removed it
                return result
        own_cursor = None if shared_cursor is not None else cursor
        return self._paginate(lambda page: self._api.list_posts(community, page), own_cursor, since)

    def set_subscriptions(self, names: frozenset[str]) -> None:
        """Set the subscriptions that the server reports. Missing communities are checked again."""
        self._subscribed = {key: name for key, name in self._subscribed.items() if name in names}
        self._reloaded_at = self._clock()

    def describe(self, community: str, state: SubscriptionState) -> str:
        """For `precis check`: how a community is read, and what Precis will do about it."""
        if community not in self._to_subscribe or state is not SubscriptionState.NOT_SUBSCRIBED:
            return state.value
        return "not subscribed yet; Precis subscribes when it runs"

    def _check_silent(self, community: str) -> None:
        """Reload the account if the community has had no posts for a while. This may drop it.

        One reload is for all communities, so a quiet hour costs a few calls.
        """
        since = max(self._last_post_at.setdefault(community, self._clock()), self._reloaded_at)
        if self._clock() - since >= self._check_silent_after:
            self._reload_account()

    def _poll_shared(self, community: str, cursor: str | None, since: datetime) -> PollResult:
        name, now = self._subscribed[community], self._clock()
        if not self._shared.can_serve(community, now):
            self._shared = _SharedPages(self._api.list_subscribed_posts, now)
        self._shared.served.add(community)
        listing_cursor = None if cursor is None else cursor.removeprefix(_SHARED_PREFIX)
        result = self._paginate(self._shared.page, listing_cursor, since)
        parse_errors = tuple(line for line in result.parse_errors if line not in self._shared.reported)
        self._shared.reported.update(parse_errors)
        posts = tuple(post for post in result.posts if post.community == name)
        if posts:
            self._last_post_at[community] = now
        return PollResult(posts, _SHARED_PREFIX + result.cursor, parse_errors)

    def _paginate(
        self, fetch: Callable[[str | None], PostPage], cursor: str | None, since: datetime
    ) -> PollResult:
        return Pagination(fetch, cursor, since, self._clock(), self._max_pages).poll()

    def _check_subscription(self, community: str, *, was_listed: bool) -> bool:
        """Whether the account was already subscribed. If not, subscribe.

        After a new subscription, the community is read from its own listing once more, because pages of
        the shared listing may have been fetched without it. A community that `was_listed` there and was
        dropped is read from its own listing before the account subscribes again, so that its cursor does
        not cover a time when it was not listed.
        """
        now = self._clock()
        if now < self._check_again_at.get(community, now):
            return False
        is_new = community in self._check_again_at
        self._check_again_at[community] = now + self._pause_after_refusal
        try:
            found = self._api.fetch_subscription(community)
            if found.state is SubscriptionState.NOT_SUBSCRIBED and not was_listed:
                is_new, found = True, self._api.subscribe(found)
                _log.info("subscribed to %s: %s", found.name, found.state)
        except AccountError:
            raise
        except PlatformError as error:
            _log.warning("cannot subscribe to %s, so it is read from its own listing: %s", community, error)
            return False
        if found.state is SubscriptionState.PENDING:
            self._check_again_at[community] = now + _RECHECK_PENDING
        elif found.state is SubscriptionState.SUBSCRIBED or was_listed:
            del self._check_again_at[community]
        if found.state is SubscriptionState.SUBSCRIBED:
            self._subscribed[community] = found.name
        return found.state is SubscriptionState.SUBSCRIBED and not is_new


def subscription_state_of(word: str) -> SubscriptionState:
    """From the server's value. An unknown value means not subscribed."""
    known = {
        "Subscribed": SubscriptionState.SUBSCRIBED,
        "accepted": SubscriptionState.SUBSCRIBED,
        "Pending": SubscriptionState.PENDING,
        "pending": SubscriptionState.PENDING,
        "ApprovalRequired": SubscriptionState.PENDING,
        "approval_required": SubscriptionState.PENDING,
    }
    return known.get(word, SubscriptionState.NOT_SUBSCRIBED)
