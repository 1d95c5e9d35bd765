"""Text that every part of Precis can handle, made from text that a server sent."""

from __future__ import annotations

from bot.core.lazy_patterns import lazy_pattern

MAX_LENGTH = 25_000
"""Characters: more than settings of a community and messages may have."""

_INVALID = lazy_pattern("[\0\ud800-\udfff]")


def valid_text(text: str) -> str:
    """The text with U+FFFD for NUL and lone surrogates, cut at `MAX_LENGTH`.

    JSON can contain both, but UTF-8 has no lone surrogates and databases store no NUL.
    """
    if text.isascii() and "\0" not in text:
        return text[:MAX_LENGTH]  # most texts; this is faster than the search
    return _INVALID.sub("\ufffd", text[:MAX_LENGTH])
