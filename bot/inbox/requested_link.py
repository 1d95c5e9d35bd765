"""Finds the link that a message asks about."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from bot.core.messages import Message
from bot.core.models import Post

_QUOTED = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
_URL = re.compile(r"https?://(?:[^\s<>()\[\]\"'`|]|\([^\s<>()]*\))+", re.IGNORECASE)
_TRAILING = ".,;:!?*_~"


def find_requested_link(message: Message, post: Post) -> str | None:
    """The first link in the message to another server than the post's or author's; else the post's link."""
    post_host = urlsplit(post.permalink).netloc.lower()
    author_host = message.author.partition("@")[2]
    for found in _URL.findall(_QUOTED.sub("", message.text)):
        link = str(found).rstrip(_TRAILING)
        host = _host_of(link)
        if host and host not in (post_host, author_host):
            return link
    return post.url or None


def _host_of(link: str) -> str:
    try:
        return urlsplit(link).netloc.lower()
    except ValueError:
        return ""
