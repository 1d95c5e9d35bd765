"""Recognise a sentence that lacks a part, so that it cannot be quoted."""

from __future__ import annotations

import re

from bot.core.models import MISSING_PART

_MARKS = re.compile(f"[{re.escape(MISSING_PART)}\ufffd]")
_BRACKETS = tuple(zip("([（［「『【《〈", ")]）］」』】》〉", strict=True))
_ANY_BRACKET = re.compile(f"[{re.escape(''.join(map(''.join, _BRACKETS)))}]")
_NOT_A_BRACKET = re.compile(r"^\s*[\w.]{1,3}\)|[:;=8][-']?[()\[\]]")
"""The number of an item ("1)"), and faces made of marks (":-)")."""
_MARKUP = re.compile(r"<[a-z][\w-]{0,30}\s+[\w:-]{1,60}=[\"']|></?[a-z]", re.IGNORECASE)
"""A tag with attributes, or one tag after another: a page with a broken tag shows them as text."""


_WITHOUT_ITS_START = re.compile(r"\s*[,;，；、]")
_ATTRIBUTES = re.compile(
    r"\b[a-z][\w:-]{1,20}=[\"'][^\"'<>]{0,100}[\"']\s+[a-z][\w:-]{1,20}=[\"']", re.IGNORECASE
)
"""Two attributes: the rest of a tag that lost its beginning."""
_MOJIBAKE = re.compile("â€|Ã[\u0080-\u00bf]|[âÂ][\u0080-\u009f]" + r"|[âÂ](?=\s|\Z)|Â(?=[^\w\s])")
"""UTF-8 that was read as windows-1252 or Latin-1: dashes, quotation marks, letters with accents, spaces."""
_LIST_IN_A_LINE = re.compile(r"[•▪►][^•▪►]+[•▪►]")
_SUSPECT = re.compile(f"[<=•▪►âÂÃ\ufffd{re.escape(MISSING_PART + ''.join(map(''.join, _BRACKETS)))}]")
"""Each pattern that is searched needs one of these, and most sentences have none."""


def is_damaged(sentence: str) -> bool:
    """Whether characters are lost or garbled, markup or a list is shown, or a bracket has no partner."""
    if not sentence[:1].isalnum() and _WITHOUT_ITS_START.match(sentence):
        return True
    if not _SUSPECT.search(sentence):
        return False
    if any(
        pattern.search(sentence) for pattern in (_MARKS, _MARKUP, _ATTRIBUTES, _LIST_IN_A_LINE, _MOJIBAKE)
    ):
        return True
    if not _ANY_BRACKET.search(sentence):
        return False
    text = _NOT_A_BRACKET.sub("", sentence)
    return any(text.count(opening) != text.count(closing) for opening, closing in _BRACKETS)
