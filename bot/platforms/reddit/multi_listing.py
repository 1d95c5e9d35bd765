"""Many subreddits in one listing: `/r/a+b+c/new`, read once a pass and shared by all of its sources.

A listing shows some thousand posts at the most, newest first. A subreddit that has become private
or is gone can spoil the listing for all: then each is read by itself, once, and the one that is shut
is left out until it is due for another look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.core.models import Post
from bot.platforms.reddit.errors import NoAccess

MAX_SUBREDDITS = 100
"""Subreddits in one listing; the address of that many is some 2,000 characters long."""
_FULL = 900
"""A listing that ends after so many posts was cut off by Reddit."""
_MOST_PAGES = 30
"""Pages of a hundred, of which a filter may have left little: Reddit shows a thousand posts. More would be
one that never ends."""
_LOOK_AGAIN = timedelta(hours=1)
_SOON = timedelta(seconds=20)
"""How long a listing is shared: what one subreddit missed of a pass must not be read to it in the next."""


@dataclass(frozen=True, slots=True)
class ListingPage:
    posts: tuple[Post, ...]
    after: str | None
    unreadable: tuple[str, ...] = ()

    @property
    def oldest(self) -> datetime | None:
        return min((post.published for post in self.posts if not post.pinned), default=None)


Fetch = Callable[[str, str | None], ListingPage]
"""Subreddits as "a+b", and where the page begins, into the page."""


class Listing:
    """Pages, each fetched when the first reader comes to it."""

    def __init__(self, fetch: Fetch, names: Iterable[str], now: datetime | None = None) -> None:
        self.names = frozenset(names)
        self._began = now
        self._path = "+".join(sorted(self.names))
        self._fetch = fetch
        self._pages: list[ListingPage] = []
        self.served: set[str] = set()

    def can_serve(self, name: str, now: datetime) -> bool:
        """Whether a subreddit can still read from it: each does so once, and soon."""
        fresh = self._began is not None and now < self._began + _SOON
        return fresh and name in self.names and name not in self.served

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
        if len(self._pages) >= _MOST_PAGES:
            return True
        return bool(self._pages) and self._pages[-1].after is None

    @property
    def cut_off(self) -> bool:
        """Whether Reddit has older posts that this listing does not show."""
        if not self.ended:
            return False
        return self._pages[-1].after is not None or sum(len(page.posts) for page in self._pages) >= _FULL


@dataclass
class MultiListing:
    """Which listing a subreddit is to be read from."""

    fetch: Fetch
    names: tuple[str, ...]
    _listings: dict[int, Listing] = field(default_factory=dict)
    _apart: set[str] = field(default_factory=set)
    """To be read by themselves next time."""
    _shut: dict[str, tuple[datetime, NoAccess]] = field(default_factory=dict)

    def listing_for(self, name: str, now: datetime) -> Listing:
        """The listing of this pass; raises Closed for a subreddit that was shut a short while ago."""
        self._look_at_door(name, now)
        if name in self._apart or name not in self.names:
            return self.single_listing(name)
        group = self.names.index(name) // MAX_SUBREDDITS
        shared = self._listings.get(group)
        if shared is None or not shared.can_serve(name, now):
            shared = self._listings[group] = Listing(self.fetch, self._open(group), now)
        shared.served.add(name)
        return shared

    def single_listing(self, name: str) -> Listing:
        return Listing(self.fetch, (name,))

    def mark_available(self, name: str) -> None:
        """The subreddit could be read, by itself or with others."""
        self._apart.discard(name)

    def mark_unavailable(self, listing: Listing, name: str, error: NoAccess, now: datetime) -> None:
        """A listing is not to be had: for one name that says which, for several it may be any."""
        if len(listing.names) > 1:
            self._apart |= listing.names
        else:
            self._apart.discard(name)
            self._shut[name] = (now + _LOOK_AGAIN, error)

    def read_separately(self, names: Iterable[str]) -> None:
        """Something speaks against these: read them by themselves next time."""
        self._apart |= set(names) - self._shut.keys()

    def _look_at_door(self, name: str, now: datetime) -> None:
        until, error = self._shut.get(name, (now, None))
        if error is not None and until > now:
            raise NoAccess(str(error))
        if self._shut.pop(name, None):
            self._apart.add(name)

    def _open(self, group: int) -> list[str]:
        members = self.names[group * MAX_SUBREDDITS : (group + 1) * MAX_SUBREDDITS]
        return [name for name in members if name not in self._apart and name not in self._shut]
