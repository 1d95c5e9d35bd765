"""Finds the link that a message asks about."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from bot.core.lazy_patterns import lazy_pattern
from bot.core.messages import Message
from bot.core.models import Post
from bot.inbox.message_links import links_in
from bot.pipeline.deferral import LINK_CHECKS

MAX_LINK_LENGTH = 4_096
"""Characters; a longer link is not fetched."""
_QUOTED = lazy_pattern(r"^[ \t]*>.*$", re.MULTILINE)


def find_requested_link(message: Message, post: Post) -> str | None:
    """The first link in the message to another server than the post's or author's; else the post's link."""
    post_host = urlsplit(post.permalink).netloc.lower()
    author_host = message.author.partition("@")[2]
    for link in links_in(_QUOTED.sub("", message.text)):
        host = _host_of(link.url)
        if host and host not in (post_host, author_host):
            return link.url
    return post.url or None


def may_get_link_later(message: Message, post: Post) -> bool:
    """Whether a post has no link yet, because the message was written right after it.

    Both times are those of the server.
    """
    return post.link_awaited_since is not None and message.sent <= post.published + LINK_CHECKS[0]


def _host_of(link: str) -> str:
    try:
        return urlsplit(link).netloc.lower() if len(link) <= MAX_LINK_LENGTH else ""
    except ValueError:
        return ""
