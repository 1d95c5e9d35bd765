"""Reading a source page by page, as `mark` explains it, from the top down to `since`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.core.errors import RetryLater, Unreachable
from bot.core.models import PollResult, Post
from bot.platforms.api_call import MalformedAnswer
from bot.platforms.high_water_mark import HighWaterMark

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class UnreadablePost:
    """A post that could not be parsed: its id where that much could be read, and one line why."""

    id: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class PostPage:
    posts: tuple[Post | UnreadablePost, ...]
    next_page: str | None
    """The page token of the page after; None when this is the last."""


FetchPage = Callable[[str | None], PostPage]
"""A page token, or None for the first page, into the page."""


def parse_each_post(items: Iterable[Any], parse: Callable[[Any], Post]) -> tuple[Post | UnreadablePost, ...]:
    """Parse each item; one that cannot be parsed does not affect the others."""
    return tuple(_post_or_error(item, parse) for item in items)


def _post_or_error(item: Any, parse: Callable[[Any], Post]) -> Post | UnreadablePost:
    try:
        return parse(item)
    except MalformedAnswer as error:
        post_id = _id_of(item)
        return UnreadablePost(post_id, f"post {post_id or '(no id)'}: {error}")


def _id_of(item: Any) -> int | None:
    try:
        post_id = item["post"]["id"]
    except (KeyError, TypeError, IndexError):
        return None
    return post_id if isinstance(post_id, int) else None


class BadPageToken(Unreachable):
    """The server does not know the page token (any more): the post it names was purged."""


class Pagination:
    """One poll of one source: at most `pages` requests, then it is for the next poll to go on."""

    def __init__(
        self, fetch: FetchPage, cursor: str | None, since: datetime, now: datetime, max_pages: int
    ) -> None:
        self._fetch = fetch
        self._previous = HighWaterMark.from_cursor(cursor)
        self._mark = HighWaterMark.from_cursor(cursor)
        self._since = since
        self._now = now
        self._requests_left = max_pages
        self._posts: dict[str, Post] = {}
        self._unreadable: dict[str, None] = {}
        self._pages_read = 0

    def poll(self) -> PollResult:
        """Raises what `fetch` raises for the very first page; later failures only end the walk."""
        self._read_head()
        self._continue_sweep()
        posts = sorted(self._posts.values(), key=lambda post: (post.published, int(post.id)))
        return PollResult(tuple(posts), self._mark.to_cursor(), tuple(self._unreadable))

    def _read_head(self) -> None:
        token: str | None = None
        pages: list[PostPage] = []
        found_below = False
        while (page := self._fetch_page(token)) is not None:
            news = self._collect(page, self._is_new_at_head)
            found_below = found_below or (news and bool(pages))
            pages.append(page)
            if self._reaches_since(page):
                self._sweep_over(pages)
                self._mark.drop_sweep()
                self._mark.sweep_found = found_below
                self._mark.end_sweep(self._now, self._pages_read)
                return
            token = page.next_page
            if not news and _unpinned(page):
                break
        else:  # stopped in the middle of what is new: the rest is the sweep's, from here on
            self._start_sweep(pages, token)
            return
        if self._mark.sweep_page is None and self._mark.sweep_is_due(self._now):
            self._start_sweep(pages, token)

    def _start_sweep(self, head: list[PostPage], token: str | None) -> None:
        assert token is not None  # the first page either raised or gave a next one
        self._sweep_over(head)
        self._mark.start_sweep(token)

    def _sweep_over(self, pages: list[PostPage]) -> None:
        """A sweep begins at the top, and sees more than the head walk: late arrivals of before."""
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
        """The page, or None when this poll has to end here."""
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
            _log.warning("the poll ends early and goes on next time: %s", error)
            self._requests_left = 0
            return None
        self._pages_read += 1
        return page

    def _is_new_at_head(self, post: Post) -> bool:
        return self._previous.is_new_at_head(int(post.id), post.published, self._now)

    def _is_new_to_sweep(self, post: Post) -> bool:
        return self._previous.is_new_to_sweep(int(post.id))

    def _collect(self, page: PostPage, is_new: Callable[[Post], bool]) -> bool:
        """Keep what is new and young enough; whether anything at all was new."""
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
        new = self._previous.is_new_to_sweep(post.id)
        self._mark.record(post.id, None, self._now)
        if new:
            self._unreadable[post.reason] = None
        return new

    def _reaches_since(self, page: PostPage) -> bool:
        """Whether nothing below this page is young enough."""
        dated = _unpinned(page)
        return page.next_page is None or (bool(dated) and all(post.published < self._since for post in dated))


def _unpinned(page: PostPage) -> list[Post]:
    """The posts that stand in their place by date: a page of pins alone says nothing of what follows."""
    return [post for post in page.posts if isinstance(post, Post) and not post.pinned]
