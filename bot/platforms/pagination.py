"""Read a source page by page, from the newest post down to `since`.

`high_water_mark` explains the algorithm.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from msgspec import Struct

from bot.core.errors import RetryLater, Unreachable
from bot.core.models import PollResult, Post
from bot.platforms.api_call import MalformedResponse
from bot.platforms.high_water_mark import HighWaterMark

_log = logging.getLogger(__name__)


class UnreadablePost(Struct, frozen=True):
    """A post that could not be parsed: its id if it could be read, and the reason in one line."""

    id: int | None
    reason: str


class PostPage(Struct, frozen=True):
    posts: tuple[Post | UnreadablePost, ...]
    next_page: str | None
    """The token of the next page; None if this is the last."""


FetchPage = Callable[[str | None], PostPage]
"""Page token, or None for the first page -> page."""


def parse_each_post(items: Iterable[Any], parse: Callable[[Any], Post]) -> tuple[Post | UnreadablePost, ...]:
    """Parse each item; one that cannot be parsed does not affect the others."""
    return tuple(_post_or_error(item, parse) for item in items)


def _post_or_error(item: Any, parse: Callable[[Any], Post]) -> Post | UnreadablePost:
    try:
        return parse(item)
    except MalformedResponse as error:
        post_id = _id_of(item)
        return UnreadablePost(post_id, f"post {post_id or '(no id)'}: {error}")


def _id_of(item: Any) -> int | None:
    try:
        post_id = item["post"]["id"]
    except (KeyError, TypeError, IndexError):
        return None
    return post_id if isinstance(post_id, int) else None


class BadPageToken(Unreachable):
    """The server does not accept the page token, for example because the post it names was purged."""


class Pagination:
    """One poll of one source, with at most `max_pages` requests. The next poll continues from there."""

    def __init__(
        self, fetch: FetchPage, cursor: str | None, since: datetime, now: datetime, max_pages: int
    ) -> None:
        self._fetch = fetch
        self._last_mark = HighWaterMark.from_cursor(cursor)
        self._mark = HighWaterMark.from_cursor(cursor)
        self._since = since
        self._now = now
        self._requests_left = max_pages
        self._posts: dict[str, Post] = {}
        self._unreadable: dict[str, None] = {}
        self._pages_read = 0

    def poll(self) -> PollResult:
        """Raises what `fetch` raises for the first page. A later error only ends this poll."""
        self._read_head()
        self._continue_sweep()
        posts = sorted(self._posts.values(), key=lambda post: (post.published, int(post.id)))
        return PollResult(tuple(posts), self._mark.to_cursor(), tuple(self._unreadable))

    def _read_head(self) -> None:
        token: str | None = None
        pages: list[PostPage] = []
        found_below = False
        while (page := self._fetch_page(token)) is not None:
            any_new = self._collect(page, self._is_new_at_head)
            found_below = found_below or (any_new and bool(pages))
            pages.append(page)
            if self._reaches_since(page):
                self._sweep_over(pages)
                self._mark.drop_sweep()
                self._mark.sweep_found = found_below
                self._mark.end_sweep(self._now, self._pages_read)
                return
            token = page.next_page
            if not any_new and _unpinned(page):
                break
        else:  # out of requests among new posts: a sweep continues from here
            self._start_sweep(pages, token)
            return
        if self._mark.sweep_page is None and self._mark.sweep_is_due(self._now):
            self._start_sweep(pages, token)

    def _start_sweep(self, head: list[PostPage], token: str | None) -> None:
        assert token is not None  # the first page raised, or has a next page
        self._sweep_over(head)
        self._mark.start_sweep(token)

    def _sweep_over(self, pages: list[PostPage]) -> None:
        """A sweep starts at the top, and also finds earlier late arrivals, which the head pass ignores."""
        for page in pages:
            self._collect(page, self._is_new_to_sweep)

    def _continue_sweep(self) -> None:
        while self._mark.sweep_page is not None:
            try:
                page = self._fetch_page(self._mark.sweep_page)
            except BadPageToken:
                self._mark.drop_sweep()
                return
            if page is None:
                return
            self._mark.sweep_pages += 1
            if self._collect(page, self._is_new_to_sweep):
                self._mark.sweep_found = True
            if self._reaches_since(page):
                self._mark.end_sweep(self._now, self._mark.sweep_pages)
            else:
                self._mark.sweep_page = page.next_page

    def _fetch_page(self, token: str | None) -> PostPage | None:
        """The page, or None if this poll must end."""
        if self._requests_left <= 0:
            return None
        self._requests_left -= 1
        try:
            page = self._fetch(token)
        except BadPageToken:
            raise
        except (RetryLater, Unreachable) as error:
            if not self._pages_read:
                raise
            _log.warning("the poll ends early, the next one continues: %s", error)
            self._requests_left = 0
            return None
        self._pages_read += 1
        return page

    def _is_new_at_head(self, post: Post) -> bool:
        return self._last_mark.is_new_at_head(int(post.id), post.published, self._now)

    def _is_new_to_sweep(self, post: Post) -> bool:
        return self._last_mark.is_new_to_sweep(int(post.id))

    def _collect(self, page: PostPage, is_new: Callable[[Post], bool]) -> bool:
        """Keep new posts that are not older than `since`. Returns whether any post was new."""
        any_new = False
        for post in page.posts:
            if isinstance(post, UnreadablePost):
                new = self._collect_unreadable(post)
            else:
                new = is_new(post)
                self._mark.record(int(post.id), post.published, self._now)
                if new and post.published >= self._since:
                    self._posts[post.id] = post
            any_new = any_new or new
        return any_new

    def _collect_unreadable(self, post: UnreadablePost) -> bool:
        if post.id is None:
            self._unreadable[post.reason] = None
            return False
        new = self._last_mark.is_new_to_sweep(post.id)
        self._mark.record(post.id, None, self._now)
        if new:
            self._unreadable[post.reason] = None
        return new

    def _reaches_since(self, page: PostPage) -> bool:
        """Whether all posts after this page are older than `since`."""
        posts = _unpinned(page)
        return page.next_page is None or (bool(posts) and all(post.published < self._since for post in posts))


def _unpinned(page: PostPage) -> list[Post]:
    """The posts that are sorted by date. A page with only pinned posts says nothing about the next page."""
    return [post for post in page.posts if isinstance(post, Post) and not post.pinned]
