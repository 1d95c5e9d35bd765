"""Recognise titles that are error messages, as opposed to headlines with a number or a few such words."""

from __future__ import annotations

import re

from bot.extract.phrases import phrase_words, phrases
from bot.extract.word_count import WORD

_STATUS_CODE = re.compile(
    r"\b(?:40[0-9]|410|418|42[0-9]|451|50[0-9]|52[0-7]|530)\b(?![,.:]\d|\s?(?:%|[€$£]))"
)
_MARK = " \0 "
_MAX_OTHER_WORDS = 2
"""The name of the site often stays in a title."""


def is_error_title(title: str) -> bool:
    """Whether a title as a whole is an error message: at most two other words are left, the site's name."""
    if not title or len(title) > 200:
        return False
    rest, told = phrases("error").pattern_for(title).subn(_MARK, title)
    rest, coded = _STATUS_CODE.subn(_MARK, rest)
    if not told and not coded:
        return False
    before, after = (_other_words(part) for part in (rest[: rest.index(_MARK)], rest[rest.rindex(_MARK) :]))
    # a name stands before or behind the message, a headline goes on around it
    return (not before or not after) and before + after <= (_MAX_OTHER_WORDS if told else 0)


def _other_words(part: str) -> int:
    words = WORD.findall(part.casefold())
    return sum(not (word.isdigit() or word in phrase_words("error_filler")) for word in words)
