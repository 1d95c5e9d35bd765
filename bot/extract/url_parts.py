"""The parts of an address, whatever it is."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

_EMPTY = SplitResult("", "", "", "", "")


def split_url(url: str) -> SplitResult:
    """Like `urlsplit`, but an address that is none has empty parts, and `hostname` never raises."""
    try:
        parts = urlsplit(url)
        parts.hostname  # noqa: B018 (some addresses are only found out here)
    except ValueError:
        return _EMPTY
    return parts
