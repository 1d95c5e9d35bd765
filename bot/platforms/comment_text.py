"""Checks of a comment's text before it is sent. Servers check too little, and count length differently."""

from __future__ import annotations

from bot.core.errors import Refused
from bot.core.skip_reasons import SkipReason

MAX_UTF16_UNITS = 10_000
"""The maximum length of a comment in UTF-16 units, as Lemmy counts. PieFed accepts more, but federates
to Lemmy servers, which would refuse it."""


def check_comment(markdown: str) -> None:
    """Raises Refused. Servers accept blank text without an error, and fail on NUL and lone surrogates."""
    if not markdown.strip():
        raise Refused(SkipReason.REFUSED, "the text is blank")
    if "\0" in markdown or any("\ud800" <= character <= "\udfff" for character in markdown):
        raise Refused(SkipReason.REFUSED, "the text contains NUL or a lone surrogate")
    units = len(markdown.encode("utf-16-le")) // 2
    if units > MAX_UTF16_UNITS:
        raise Refused(
            SkipReason.TOO_LONG, f"the text has {units} UTF-16 units, at most {MAX_UTF16_UNITS} are allowed"
        )


MAX_REDDIT_CHARACTERS = 10_000
"""The maximum length of a comment on Reddit, in characters of its Markdown source."""


def check_reddit_comment(markdown: str) -> None:
    """The same check for Reddit. Raises Refused."""
    if not markdown.strip():
        raise Refused(SkipReason.REFUSED, "the text is blank")
    if any("\ud800" <= character <= "\udfff" for character in markdown):
        raise Refused(SkipReason.REFUSED, "the text contains a lone surrogate")
    if len(markdown) > MAX_REDDIT_CHARACTERS:
        raise Refused(
            SkipReason.TOO_LONG,
            f"the text has {len(markdown)} characters, at most {MAX_REDDIT_CHARACTERS} are allowed",
        )
