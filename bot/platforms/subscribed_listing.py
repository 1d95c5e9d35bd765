"""Which listing a community is read from: the one of all that the account is subscribed to, or its own.

An account that watches several communities subscribes to them, and then one call a pass lists the
new posts of all. What it is not subscribed to (yet), be it that the community has to consent or that
it refuses, is read from a listing of its own. Each community keeps a cursor of its own over whatever
listing it was read from, so nothing goes missing when one is added, falls out or is let in.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from bot.core.errors import AccountError, PlatformError
from bot.core.models import PollResult
from bot.platforms.pagination import FetchPage, Pagination, PostPage
from bot.platforms.rate_limits import Clock

_log = logging.getLogger(__name__)

_SHARED_PREFIX = "subscribed:"
"""What a cursor over the common listing begins with; one over another listing says nothing of it."""
_RECHECK_PENDING = timedelta(minutes=10)
"""How soon a community that has not consented yet is looked at again."""
_RECHECK_REFUSED = timedelta(hours=1)
_SHARED_FOR = timedelta(seconds=20)
"""How long a page is shared: what one community missed of a pass must not be read to it in the next."""


class SubscriptionState(StrEnum):
    NOT_SUBSCRIBED = "not subscribed"
    PENDING = "the community has not consented yet"
    SUBSCRIBED = "subscribed"


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a community is to the account."""

    id: int
    name: str
    """`name@host`, as its posts name it."""
    state: SubscriptionState


class ListingApi(Protocol):
    """The calls of a server; each raises what reading calls raise, `join` also what writing calls do."""

    def list_posts(self, community: str | None, page: str | None) -> PostPage:
        """The newest posts of one community, or with None of all."""
        ...

    def list_subscribed_posts(self, page: str | None) -> PostPage:
        """The newest posts of all communities that the account is subscribed to."""
        ...

    def fetch_subscription(self, community: str) -> Subscription: ...
    def subscribe(self, subscription: Subscription) -> Subscription: ...


@dataclass
class _SharedPages:
    """One look at the common listing: a page is fetched once for all communities in it."""

    fetch: FetchPage
    started_at: datetime
    served: set[str] = field(default_factory=set)
    reported: set[str] = field(default_factory=set)
    _pages: dict[str | None, PostPage | PlatformError] = field(default_factory=dict)

    def can_serve(self, community: str, now: datetime) -> bool:
        """Whether a community can still read from it: each does so once, and soon."""
        return community not in self.served and now < self.started_at + _SHARED_FOR

    def page(self, token: str | None) -> PostPage:
        if token not in self._pages:
            try:
                self._pages[token] = self.fetch(token)
            except PlatformError as error:  # a server that is down is not asked again for each community
                self._pages[token] = error
        found = self._pages[token]
        if isinstance(found, PlatformError):
            raise found
        return found


class SubscribedListing:
    """The polls of one account.

    `communities` are all that will be polled, `home` is the host of the account's server. Without
    `subscribe` each community is read by itself, and the account stays as it is.
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
        """Communities that the account is known to be subscribed to, and how their posts name them."""
        self._check_again_at: dict[str, datetime] = {}
        self._shared = _SharedPages(api.list_subscribed_posts, clock())

    def poll(self, community: str | None, cursor: str | None, since: datetime) -> PollResult:
        """One poll of a community, or with None of all posts; a common listing costs a pass one call."""
        kept = cursor if cursor is not None and cursor.startswith(_SHARED_PREFIX) else None
        listed = community in self._subscribed
        if community in self._to_subscribe and not listed:
            listed = self._check_subscription(community, was_listed=kept is not None)
        if community is not None and listed and self._use_shared_listing:
            batch = self._poll_shared(community, kept, since)
            if community in self._subscribed:  # a look around in between may have found it gone
                return batch
        own = None if kept is not None else cursor
        return self._paginate(lambda page: self._api.list_posts(community, page), own, since)

    def set_subscriptions(self, names: frozenset[str]) -> None:
        """What the account is subscribed to, as the server says: whatever is missing is looked at anew."""
        self._subscribed = {written: name for written, name in self._subscribed.items() if name in names}

    def describe(self, community: str, joined: SubscriptionState) -> str:
        """For `precis check`: how a community is read, and what Precis will do about it."""
        if community not in self._to_subscribe or joined is not SubscriptionState.NOT_SUBSCRIBED:
            return joined.value
        return "not subscribed yet; Precis subscribes when it runs"

    def _poll_shared(self, community: str, kept: str | None, since: datetime) -> PollResult:
        name, now = self._subscribed[community], self._clock()
        if not self._shared.can_serve(community, now):
            self._shared = _SharedPages(self._api.list_subscribed_posts, now)
        self._shared.served.add(community)
        mark = None if kept is None else kept.removeprefix(_SHARED_PREFIX)
        batch = self._paginate(self._shared.page, mark, since)
        unreadable = tuple(line for line in batch.parse_errors if line not in self._shared.reported)
        self._shared.reported.update(unreadable)
        mine = tuple(post for post in batch.posts if post.community == name)
        return PollResult(mine, _SHARED_PREFIX + batch.cursor, unreadable)

    def _paginate(
        self, fetch: Callable[[str | None], PostPage], mark: str | None, since: datetime
    ) -> PollResult:
        return Pagination(fetch, mark, since, self._clock(), self._max_pages).poll()

    def _check_subscription(self, community: str, *, was_listed: bool) -> bool:
        """Whether the account was subscribed already; if not, it subscribes.

        A community that has just been let in is read by itself once more, for pages of the common listing
        may have been fetched without it. One that `was_in` that listing and fell out is read by itself
        before it is joined again, so that its cursor does not speak of a time that it was not listed in.
        """
        now = self._clock()
        if now < self._check_again_at.get(community, now):
            return False
        is_new = community in self._check_again_at
        self._check_again_at[community] = now + _RECHECK_REFUSED
        try:
            found = self._api.fetch_subscription(community)
            if found.state is SubscriptionState.NOT_SUBSCRIBED and not was_listed:
                is_new, found = True, self._api.subscribe(found)
                _log.info("subscribed to %s: %s", found.name, found.state)
        except AccountError:
            raise
        except PlatformError as error:
            _log.warning("cannot subscribe to %s, so it is read by itself: %s", community, error)
            return False
        if found.state is SubscriptionState.PENDING:
            self._check_again_at[community] = now + _RECHECK_PENDING
        elif found.state is SubscriptionState.SUBSCRIBED or was_listed:
            del self._check_again_at[community]
        if found.state is SubscriptionState.SUBSCRIBED:
            self._subscribed[community] = found.name
        return found.state is SubscriptionState.SUBSCRIBED and not is_new


def subscription_state_of(word: str) -> SubscriptionState:
    """From the words of the servers; a word that nobody knows counts as no."""
    known = {
        "Subscribed": SubscriptionState.SUBSCRIBED,
        "accepted": SubscriptionState.SUBSCRIBED,
        "Pending": SubscriptionState.PENDING,
        "pending": SubscriptionState.PENDING,
        "ApprovalRequired": SubscriptionState.PENDING,
        "approval_required": SubscriptionState.PENDING,
    }
    return known.get(word, SubscriptionState.NOT_SUBSCRIBED)
