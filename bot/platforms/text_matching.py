"""Search messages for mentions of the bot, and compare texts."""

from __future__ import annotations

import re
from urllib.parse import unquote

from bot.core.lazy_patterns import lazy_pattern

_QUOTED = lazy_pattern(r"^[ \t]*>.*$", re.MULTILINE)
_CODE = lazy_pattern(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_URL = lazy_pattern(r"https?://[^\s)\]>]+")


def mentions_handle(text: str, handle: str) -> bool:
    """Whether a text mentions `@name@host`, ignoring case, outside quotations and code.

    Servers also notify about mentions in quotations and code.
    """
    text = _QUOTED.sub("", _CODE.sub("", text))
    return re.search(rf"@{re.escape(handle)}(?![\w-])", text, re.IGNORECASE) is not None


def mentions_user(text: str, name: str) -> bool:
    """Whether a text mentions `u/name`, outside quotations and code."""
    text = _QUOTED.sub("", _CODE.sub("", text))
    return re.search(rf"(?<![\w/-])/?u/{re.escape(name)}(?![\w-])", text, re.IGNORECASE) is not None


def same_words(one: str, other: str) -> bool:
    """Whether two texts are the same except for what servers change: white space, and parts of URLs.

    The hosts and paths of the URLs count: two answers may differ in nothing else.
    """
    return _words(one) == _words(other)


def _words(text: str) -> list[str]:
    return _URL.sub(lambda url: _host_and_path(url[0]), text).split()


def _host_and_path(url: str) -> str:
    """A URL without its query, whose tracking parameters servers remove, and without escapes."""
    return unquote(url.split("://", 1)[1].partition("?")[0].partition("#")[0]).rstrip("/.,")
