"""The length limit of a reply, as the platforms count it."""

from __future__ import annotations

MAX_LENGTH = 10_000
"""Maximum length of a comment, in UTF-16 code units: the limit of Lemmy and of Reddit.

PieFed has no limit, but Lemmy servers do not accept longer comments from it."""


def utf16_units(text: str) -> int:
    """The length as the platforms count it."""
    return len(text.encode("utf-16-le")) // 2
