"""How far a subreddit has been read, and how the next poll continues.

A listing is sorted by time, so the high-water mark is the time of the newest post seen. Posts that a
filter held back appear later at their old position. So the first page is always read completely, and
once an hour everything down to `since` is read again, as far as the listing goes (a sweep).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.core.models import PollResult, Post
from bot.platforms.api_models import CursorModel
from bot.platforms.reddit.multi_listing import Listing

_MARGIN = timedelta(minutes=5)
"""Posts can become visible slightly out of order."""
_SWEEP_EVERY = timedelta(hours=1)


class HighWaterMark(CursorModel):
    """The state of a subreddit between two polls; its JSON is the cursor."""

    read_to: datetime | None = None
    swept_at: datetime | None = None
    polls: int = 0
    """Makes every cursor unique."""


class Pagination:
    """The polls of one subreddit.

    Skips posts that it returned before, if `cursor` shows that the caller stored that result.
    """

    def __init__(self, community: str) -> None:
        self._community = community
        self._cursor: str | None = None
        self._returned: dict[str, datetime] = {}

    def poll(
        self,
        listing: Listing,
        single_listing: Callable[[], Listing],
        cursor: str | None,
        since: datetime,
        now: datetime,
    ) -> PollResult:
        """One poll. Reads `single_listing` too if `listing` was cut off before it reached the mark."""
        mark = HighWaterMark.from_cursor(cursor)
        is_sweep = mark.swept_at is None or now >= mark.swept_at + _SWEEP_EVERY
        needed = since if mark.read_to is None else max(since, mark.read_to - _MARGIN)
        reader = _ListingReader(self._community, since)
        reached = reader.read_to_time(listing, since if is_sweep else needed)
        if not reached and not reader.is_past(needed):
            reader.read_to_time(single_listing(), needed)
        return self._result(reader, mark, cursor, now if is_sweep else mark.swept_at)

    def _result(
        self, reader: _ListingReader, mark: HighWaterMark, cursor: str | None, swept_at: datetime | None
    ) -> PollResult:
        already_returned = self._returned if cursor is not None and cursor == self._cursor else {}
        posts = sorted(reader.posts.values(), key=lambda post: post.published)
        self._returned = {
            post_id: published
            for post_id, published in (already_returned | {post.id: post.published for post in posts}).items()
            if published >= reader.since
        }
        new_mark = HighWaterMark(
            read_to=max(filter(None, (mark.read_to, reader.newest)), default=None),
            swept_at=swept_at,
            polls=mark.polls + 1,
        )
        self._cursor = new_mark.model_dump_json(exclude_none=True)
        new = tuple(post for post in posts if post.id not in already_returned)
        return PollResult(new, self._cursor, tuple(reader.unreadable))


class _ListingReader:
    """Reads listings from the newest post down and collects one subreddit's posts."""

    def __init__(self, community: str, since: datetime) -> None:
        self.since = since
        self.posts: dict[str, Post] = {}
        self.unreadable: dict[str, None] = {}
        self.newest: datetime | None = None
        self._oldest: datetime | None = None
        self._community = community

    def read_to_time(self, listing: Listing, until: datetime) -> bool:
        """Read page by page. Returns whether everything published since `until` was read."""
        for page in listing.pages():
            self._take(page.posts)
            self.unreadable |= dict.fromkeys(page.unreadable)
            self._oldest = page.oldest or self._oldest
            if self.is_past(until):
                return True
        return not listing.cut_off

    def is_past(self, when: datetime) -> bool:
        return self._oldest is not None and self._oldest < when

    def _take(self, posts: tuple[Post, ...]) -> None:
        for post in posts:
            self.newest = max(self.newest or post.published, post.published)
            if post.community == self._community and post.published >= self.since:
                self.posts[post.id] = post
