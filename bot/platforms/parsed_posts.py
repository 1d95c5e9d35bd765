"""Keeps the parsed posts of the last lists, because most entries of a list are the same at the next poll."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from bot.core.models import Post
from bot.platforms.pagination import UnreadablePost, parse_each_post

MAX_POSTS = 200


class ParsedPosts:
    """Parses the entries of lists. An entry that is equal to the last one with its id is not parsed again."""

    def __init__(self) -> None:
        self._last: dict[int, tuple[Any, object, Post]] = {}
        """id of a post -> its entry, who read it, and the post; in the order in which they were parsed."""

    def parse(
        self, items: Iterable[Any], viewer: object, parse: Callable[[Any], Post]
    ) -> tuple[Post | UnreadablePost, ...]:
        """The posts. `parse` must return equal posts for equal entries that the same `viewer` reads."""
        posts = parse_each_post(items, lambda item: self._post_of(item, viewer, parse))
        for post_id in list(self._last)[:-MAX_POSTS]:
            del self._last[post_id]
        return posts

    def _post_of(self, item: Any, viewer: object, parse: Callable[[Any], Post]) -> Post:
        post_id = _id_of(item)
        last = self._last.get(post_id)
        if last is not None and last[0] == item and last[1] == viewer:
            return last[2]
        post = parse(item)
        self._last.pop(post_id, None)
        self._last[post_id] = (item, viewer, post)
        return post


def _id_of(item: Any) -> int:
    """-1 for an entry without an id, which cannot be parsed."""
    try:
        return int(item["post"]["id"])
    except (KeyError, TypeError, ValueError, IndexError):
        return -1
