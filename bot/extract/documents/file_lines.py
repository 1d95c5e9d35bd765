"""What the readers of plain text and of Markdown share: lines of a file, front matter, list items."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.extract.charset import decode_html
from bot.extract.publication_date import find_date

MAX_CHARACTERS = 400_000
"""Only so many characters of a file are read: about the length of a book."""
BULLET = re.compile(r"\s*(?:[-*+•‣◦–]|\(?\d{1,3}[.)])\s+(?=\S)")
_FIELD = re.compile(r"([A-Za-z][A-Za-z -]{1,30}):\s+(\S.*)")
_DATE_FIELDS = ("date", "release date", "published", "publication date")
_MIN_FIELDS = 2


def lines_of(content: bytes, content_type: str) -> list[str]:
    """The lines of a text file, without white space at their ends; tabs are four spaces."""
    text = decode_html(content, content_type)[:MAX_CHARACTERS]
    return [
        line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4).split("\n")
    ]


def read_fields(lines: Sequence[str]) -> dict[str, str]:
    """Fields such as "Title: A Book", with names in small letters. Only lines at the left margin count."""
    return {found[1].lower(): found[2].strip("\"' ") for line in lines if (found := _FIELD.fullmatch(line))}


def header_length(lines: Sequence[str]) -> int:
    """The number of lines of a block of fields at the start of a file, as mails have; 0 without one."""
    count = next((at for at, line in enumerate(lines) if not _FIELD.fullmatch(line)), len(lines))
    return count if count >= _MIN_FIELDS and (count == len(lines) or not lines[count]) else 0


def date_in(fields: dict[str, str]) -> str | None:
    """The date that the fields state, as YYYY-MM-DD."""
    stated = (fields[name] for name in _DATE_FIELDS if name in fields)
    return next((found for text in stated if (found := find_date(text))), None)
