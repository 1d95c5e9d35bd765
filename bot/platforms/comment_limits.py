"""What may be sent as a comment at all: servers check too little of it, and each counts in its own way."""

from __future__ import annotations

from bot.core.errors import Refused
from bot.core.skip_reasons import SkipReason

MAX_UTF16_UNITS = 10_000
"""The longest comment, in UTF-16 units, as Lemmy counts; what PieFed takes beyond it, Lemmy refuses."""


def check_comment(markdown: str) -> None:
    """Raises Refused: servers take blank text without a word, and choke on NUL and half characters."""
    if not markdown.strip():
        raise Refused(SkipReason.REFUSED, "the text is blank")
    if "\0" in markdown or any("\ud800" <= letter <= "\udfff" for letter in markdown):
        raise Refused(SkipReason.REFUSED, "the text holds NUL or half a character")
    units = len(markdown.encode("utf-16-le")) // 2
    if units > MAX_UTF16_UNITS:
        raise Refused(SkipReason.TOO_LONG, f"the text has {units} of at most {MAX_UTF16_UNITS} UTF-16 units")


MAX_REDDIT_CHARACTERS = 10_000
"""The longest comment on Reddit, in characters of its Markdown source."""


def check_reddit_comment(markdown: str) -> None:
    """The same for Reddit. Raises Refused."""
    if not markdown.strip():
        raise Refused(SkipReason.REFUSED, "the text is blank")
    if any("\ud800" <= letter <= "\udfff" for letter in markdown):
        raise Refused(SkipReason.REFUSED, "the text holds half a character")
    if len(markdown) > MAX_REDDIT_CHARACTERS:
        raise Refused(
            SkipReason.TOO_LONG, f"the text has {len(markdown)} of at most {MAX_REDDIT_CHARACTERS} characters"
        )
