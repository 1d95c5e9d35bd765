"""Write raised and lowered characters of a PDF as text, and leave out the marks of footnotes."""

from __future__ import annotations

import re

from bot.extract.running_text.raised_digits import lowered, raised

_NOTE_MARK = re.compile(r"[\[(]?(?:\d{1,3}(?:[,;–-]\s?\d{1,3})*|[a-z](?:,\s?[a-z])*|[*∗†‡§¶‖#]{1,3})[\])]?,?")
_ORDINAL = re.compile(r"(?:st|nd|rd|th|er|re|e|ème|º|ª|o|a)", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d$")
_UNIT = re.compile(r"(?:^|[^\w])(?:[kcdmnµμ]?m|[kKM]?[gW]|ft|in|mi|yd|s|h|ha|l|L|mol)$")
_LETTER_ALONE = re.compile(r"(?:^|[^\w])[^\W\d_]$|[)=(+*/·×−-]$")
_BASE_OF_ORDINAL = re.compile(r"(?:\d|[IVXLC])$")


def raised_text(text: str, before: str) -> str:
    """`text`, raised after `before`: as an exponent, an ordinal, or "" for the mark of a note."""
    if _ORDINAL.fullmatch(text) and _BASE_OF_ORDINAL.search(before):
        return text
    if _NOTE_MARK.fullmatch(text) and not _may_have_exponent(text, before):
        return ""
    return raised(text)


def lowered_text(text: str) -> str:
    """`text`, lowered: digits as an index."""
    return lowered(text) if text.isdigit() else text


def _may_have_exponent(text: str, before: str) -> bool:
    if not text.isdigit() or not before:
        return False
    if before[-1].isdigit():
        return not _YEAR.search(before)
    return bool(_UNIT.search(before)) or bool(_LETTER_ALONE.search(before))
