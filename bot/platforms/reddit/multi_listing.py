"""Many subreddits in one listing: `/r/a+b+c/new` is fetched once per polling round and shared.

A listing shows about 1,000 posts at most, newest first. One private or deleted subreddit can make the
whole listing fail. Then each subreddit is read separately once, and the unavailable one is left out
until it is checked again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from msgspec import Struct, field

from bot.core.models import Post
from bot.platforms.reddit.errors import NoAccess

MAX_SUBREDDITS = 100
"""Subreddits in one listing. The URL for 100 is about 2,000 characters long."""
_CUT_OFF_AT = 900
"""Posts. A listing that ends after at least this many was cut off by Reddit."""
_MAX_SIZE = 3_000
"""Posts that the pages of a listing can have. Reddit shows 1,000, and leaves out some from each page, so a
longer listing would never end."""
_RECHECK_INTERVAL = timedelta(hours=1)
_SHARE_TIME = timedelta(seconds=20)
"""How long a listing is shared. A subreddit that missed one polling round must not get that round's listing
in the next."""


class ListingPage(Struct, frozen=True):
    posts: tuple[Post, ...]
    after: str | None
    unreadable: tuple[str, ...] = ()
    size: int = 100
    """How many posts the page can have."""

    @property
    def oldest(self) -> datetime | None:
        return min((post.published for post in self.posts if not post.pinned), default=None)


Fetch = Callable[[str, str | None], ListingPage]
"""Takes subreddits as "a+b" and the `after` parameter; returns the page."""


class Listing:
    """The pages of one listing, each fetched once, on first use."""

    def __init__(self, fetch: Fetch, names: Iterable[str], now: datetime | None = None) -> None:
        self.names = frozenset(names)
        self._started_at = now
        self._path = "+".join(sorted(self.names))
        self._fetch = fetch
        self._pages: list[ListingPage] = []
        self.served: set[str] = set()

    def can_serve(self, name: str, now: datetime) -> bool:
        """Whether the subreddit can use this listing: each can once, within `_SHARE_TIME`."""
        is_recent = self._started_at is not None and now < self._started_at + _SHARE_TIME
        return is_recent and name in self.names and name not in self.served

    def pages(self) -> Iterator[ListingPage]:
        number = 0
        while number < len(self._pages) or not self.ended:
            if number == len(self._pages):
                after = self._pages[-1].after if self._pages else None
                self._pages.append(self._fetch(self._path, after))
            yield self._pages[number]
            number += 1

    @property
    def ended(self) -> bool:
        if sum(page.size for page in self._pages) >= _MAX_SIZE:
            return True
        return bool(self._pages) and self._pages[-1].after is None

    @property
    def cut_off(self) -> bool:
        """Whether Reddit may have older posts that this listing does not show."""
        if not self.ended:
            return False
        return (
            self._pages[-1].after is not None or sum(len(page.posts) for page in self._pages) >= _CUT_OFF_AT
        )


class MultiListing(Struct):
    """Decides which listing each subreddit is read from."""

    fetch: Fetch
    names: tuple[str, ...]
    _listings: dict[int, Listing] = field(default_factory=dict)
    _separate: set[str] = field(default_factory=set)
    """Subreddits to read separately at their next poll."""
    _unavailable: dict[str, tuple[datetime, NoAccess]] = field(default_factory=dict)

    def listing_for(self, name: str, now: datetime) -> Listing:
        """The listing to read now. Raises NoAccess if the subreddit was unavailable less than an hour ago."""
        self._check_available(name, now)
        if name in self._separate or name not in self.names:
            return self.single_listing(name)
        group = self.names.index(name) // MAX_SUBREDDITS
        shared = self._listings.get(group)
        if shared is None or not shared.can_serve(name, now):
            shared = self._listings[group] = Listing(self.fetch, self._available(group), now)
        shared.served.add(name)
        return shared

    def single_listing(self, name: str) -> Listing:
        return Listing(self.fetch, (name,))

    def mark_available(self, name: str) -> None:
        """Call this after the subreddit was read, separately or in a shared listing."""
        self._separate.discard(name)

    def mark_unavailable(self, listing: Listing, name: str, error: NoAccess, now: datetime) -> None:
        """Call this after a listing failed. With several names, any of them can be the cause."""
        if len(listing.names) > 1:
            self._separate |= listing.names
        else:
            self._separate.discard(name)
            self._unavailable[name] = (now + _RECHECK_INTERVAL, error)

    def read_separately(self, names: Iterable[str]) -> None:
        """Read these separately at their next poll, because they may be unavailable."""
        self._separate |= set(names) - self._unavailable.keys()

    def _check_available(self, name: str, now: datetime) -> None:
        until, error = self._unavailable.get(name, (now, None))
        if error is not None and until > now:
            raise NoAccess(str(error))
        if self._unavailable.pop(name, None):
            self._separate.add(name)

    def _available(self, group: int) -> list[str]:
        members = self.names[group * MAX_SUBREDDITS : (group + 1) * MAX_SUBREDDITS]
        return [name for name in members if name not in self._separate and name not in self._unavailable]
