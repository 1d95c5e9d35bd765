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

_TOGETHER = "subscribed:"
"""What a cursor over the common listing begins with; one over another listing says nothing of it."""
_PENDING = timedelta(minutes=10)
"""How soon a community that has not consented yet is looked at again."""
_REFUSED = timedelta(hours=1)
_SOON = timedelta(seconds=20)
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
class _Pass:
    """One look at the common listing: a page is fetched once for all communities in it."""

    fetch: FetchPage
    began: datetime
    served: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)
    _pages: dict[str | None, PostPage | PlatformError] = field(default_factory=dict)

    def serves(self, community: str, now: datetime) -> bool:
        """Whether a community can still read from it: each does so once, and soon."""
        return community not in self.served and now < self.began + _SOON

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
        door: ListingApi,
        communities: tuple[str, ...],
        home: str,
        clock: Clock,
        *,
        subscribe: bool,
        pages: int,
    ) -> None:
        self._door = door
        self._together = subscribe and len(communities) > 1
        self._wanted = frozenset(
            name for name in communities if subscribe and (self._together or not name.endswith(f"@{home}"))
        )
        self._clock = clock
        self._pages = pages
        self._names: dict[str, str] = {}
        """Communities that the account is known to be subscribed to, and how their posts name them."""
        self._look_again: dict[str, datetime] = {}
        self._pass = _Pass(door.list_subscribed_posts, clock())

    def poll(self, community: str | None, cursor: str | None, since: datetime) -> PollResult:
        """One poll of a community, or with None of all posts; a common listing costs a pass one call."""
        kept = cursor if cursor is not None and cursor.startswith(_TOGETHER) else None
        listed = community in self._names
        if community in self._wanted and not listed:
            listed = self._look_at(community, was_in=kept is not None)
        if community is not None and listed and self._together:
            batch = self._poll_together(community, kept, since)
            if community in self._names:  # a look around in between may have found it gone
                return batch
        own = None if kept is not None else cursor
        return self._walk(lambda page: self._door.list_posts(community, page), own, since)

    def set_subscriptions(self, names: frozenset[str]) -> None:
        """What the account is subscribed to, as the server says: whatever is missing is looked at anew."""
        self._names = {written: name for written, name in self._names.items() if name in names}

    def describe(self, community: str, joined: SubscriptionState) -> str:
        """For `precis check`: how a community is read, and what Precis will do about it."""
        if community not in self._wanted or joined is not SubscriptionState.NOT_SUBSCRIBED:
            return joined.value
        return "not subscribed yet; Precis subscribes when it runs"

    def _poll_together(self, community: str, kept: str | None, since: datetime) -> PollResult:
        name, now = self._names[community], self._clock()
        if not self._pass.serves(community, now):
            self._pass = _Pass(self._door.list_subscribed_posts, now)
        self._pass.served.add(community)
        mark = None if kept is None else kept.removeprefix(_TOGETHER)
        batch = self._walk(self._pass.page, mark, since)
        unreadable = tuple(line for line in batch.parse_errors if line not in self._pass.told)
        self._pass.told.update(unreadable)
        mine = tuple(post for post in batch.posts if post.community == name)
        return PollResult(mine, _TOGETHER + batch.cursor, unreadable)

    def _walk(self, fetch: Callable[[str | None], PostPage], mark: str | None, since: datetime) -> PollResult:
        return Pagination(fetch, mark, since, self._clock(), self._pages).poll()

    def _look_at(self, community: str, *, was_in: bool) -> bool:
        """Whether the account was subscribed already; if not, it subscribes.

        A community that has just been let in is read by itself once more, for pages of the common listing
        may have been fetched without it. One that `was_in` that listing and fell out is read by itself
        before it is joined again, so that its cursor does not speak of a time that it was not listed in.
        """
        now = self._clock()
        if now < self._look_again.get(community, now):
            return False
        is_new = community in self._look_again
        self._look_again[community] = now + _REFUSED
        try:
            found = self._door.fetch_subscription(community)
            if found.state is SubscriptionState.NOT_SUBSCRIBED and not was_in:
                is_new, found = True, self._door.subscribe(found)
                _log.info("subscribed to %s: %s", found.name, found.state)
        except AccountError:
            raise
        except PlatformError as error:
            _log.warning("cannot subscribe to %s, so it is read by itself: %s", community, error)
            return False
        if found.state is SubscriptionState.PENDING:
            self._look_again[community] = now + _PENDING
        elif found.state is SubscriptionState.SUBSCRIBED or was_in:
            del self._look_again[community]
        if found.state is SubscriptionState.SUBSCRIBED:
            self._names[community] = found.name
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
