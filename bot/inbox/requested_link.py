"""Which link a message asks about: pure."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from bot.core.messages import Message
from bot.core.models import Post

_QUOTED = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
_ADDRESS = re.compile(r"https?://(?:[^\s<>()\[\]\"'`|]|\([^\s<>()]*\))+", re.IGNORECASE)
_TRAILING = ".,;:!?*_~"


def find_requested_link(message: Message, post: Post) -> str | None:
    """The first link of the message that leads out of the post's server; else the post's own."""
    home = urlsplit(post.permalink).netloc.lower()
    for found in _ADDRESS.findall(_QUOTED.sub("", message.text)):
        link = str(found).rstrip(_TRAILING)
        host = _host(link)
        if host and host not in (home, message.author.partition("@")[2]):
            return link
    return post.url or None


def _host(link: str) -> str:
    try:
        return urlsplit(link).netloc.lower()
    except ValueError:
        return ""
