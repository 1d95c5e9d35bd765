"""How far a subreddit has been read, and reading on from there.

A listing stands in the order of the posts' times, so the time of the newest post seen is the mark.
Posts that a filter held back appear later in their old place: the first page is always read whole,
and once an hour everything down to `since` is looked at again, as far as the listing goes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Self

from pydantic import BaseModel, ValidationError

from bot.core.models import PollResult, Post
from bot.platforms.reddit.multi_listing import Listing

_MARGIN = timedelta(minutes=5)
"""Posts become visible a little out of order."""
_SWEEP_EVERY = timedelta(hours=1)


class HighWaterMark(BaseModel):
    """The state of a subreddit between two polls; its JSON is the cursor."""

    read_to: datetime | None = None
    swept_at: datetime | None = None
    polls: int = 0
    """So that no two cursors are equal."""

    @classmethod
    def from_cursor(cls, cursor: str | None) -> Self:
        """The mark that `cursor` holds; an unreadable one counts as none: posts may come twice."""
        try:
            return cls.model_validate_json(cursor or "{}")
        except ValidationError:
            return cls()


class Pagination:
    """Polls of one subreddit; knows what it has handed out while the cursor shows that it was kept."""

    def __init__(self, community: str) -> None:
        self._community = community
        self._cursor: str | None = None
        self._given: dict[str, datetime] = {}

    def poll(
        self,
        listing: Listing,
        own_listing: Callable[[], Listing],
        cursor: str | None,
        since: datetime,
        now: datetime,
    ) -> PollResult:
        """One poll; `own_listing` is read when the shared one was cut off before the mark."""
        mark = HighWaterMark.from_cursor(cursor)
        sweeps = mark.swept_at is None or now >= mark.swept_at + _SWEEP_EVERY
        needed = since if mark.read_to is None else max(since, mark.read_to - _MARGIN)
        reading = _Reading(self._community, since)
        reached = reading.go(listing, since if sweeps else needed)
        if not reached and not reading.below(needed):
            reading.go(own_listing(), needed)
        return self._batch(reading, mark, cursor, now if sweeps else mark.swept_at)

    def _batch(
        self, reading: _Reading, mark: HighWaterMark, cursor: str | None, swept_at: datetime | None
    ) -> PollResult:
        known = self._given if cursor is not None and cursor == self._cursor else {}
        posts = sorted(reading.posts.values(), key=lambda post: post.published)
        self._given = {
            post_id: published
            for post_id, published in (known | {post.id: post.published for post in posts}).items()
            if published >= reading.since
        }
        fresh = HighWaterMark(
            read_to=max(filter(None, (mark.read_to, reading.newest)), default=None),
            swept_at=swept_at,
            polls=mark.polls + 1,
        )
        self._cursor = fresh.model_dump_json(exclude_none=True)
        new = tuple(post for post in posts if post.id not in known)
        return PollResult(new, self._cursor, tuple(reading.unreadable))


class _Reading:
    """What one walk down a listing has found."""

    def __init__(self, community: str, since: datetime) -> None:
        self.since = since
        self.posts: dict[str, Post] = {}
        self.unreadable: dict[str, None] = {}
        self.newest: datetime | None = None
        self._oldest: datetime | None = None
        self._community = community

    def go(self, listing: Listing, down_to: datetime) -> bool:
        """Read on page by page; whether everything down to that time has gone by."""
        for page in listing.pages():
            self._take(page.posts)
            self.unreadable |= dict.fromkeys(page.unreadable)
            self._oldest = page.oldest or self._oldest
            if self.below(down_to):
                return True
        return not listing.cut_off

    def below(self, when: datetime) -> bool:
        return self._oldest is not None and self._oldest < when

    def _take(self, posts: tuple[Post, ...]) -> None:
        for post in posts:
            self.newest = max(self.newest or post.published, post.published)
            if post.community == self._community and post.published >= self.since:
                self.posts[post.id] = post
