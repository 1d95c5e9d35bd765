"""Split any URL without an exception."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

_EMPTY = SplitResult("", "", "", "", "")


def split_url(url: str) -> SplitResult:
    """Like `urlsplit`, but an invalid URL has empty parts, and `hostname` never raises."""
    try:
        parts = urlsplit(url)
        parts.hostname  # noqa: B018 (raises for some invalid URLs)
    except ValueError:
        return _EMPTY
    return parts
