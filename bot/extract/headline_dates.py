"""The dates that a page shows beside its headline."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from lxml.html import HtmlElement
from msgspec import Struct

from bot.extract.meta_tags import one_line
from bot.extract.nearby_texts import TextNode, texts_after, texts_before
from bot.extract.page_elements import PageElements
from bot.extract.publication_date import find_date, may_have_date

_MAX_HEADINGS = 10
_MAX_BEFORE = 4
_NEAR, _MAX_AFTER = 12, 60
_MAX_TEXT = 120
_MAX_LABEL = 24
"""Letters beside a date in a line that is only a date, such as "Published on"."""
_PIECES = re.compile(r"\s[|·•・–—/-]\s|[|·•・]")
_UPDATE = re.compile(
    r"\b(?:(?:last\s+)?(?:updated?|edited|revised|modified|reviewed|changed)|last\s+update|"
    r"aktualisiert|geändert|überarbeitet|stand|mis(?:e)? à jour|modifié|actualizad[oa]|modificad[oa]|"
    r"aggiornat[oa]|modificat[oa]|atualizad[oa]|bijgewerkt|gewijzigd|oppdatert|uppdaterad|opdateret|"
    r"päivitetty|zaktualizowano|aktualizacja|aktualizováno|обновлен[оа]?|оновлено|güncelle\w*|frissítve|actualizat)\b"
    r"|更新|수정|업데이트|عُ?دّ?ل|تحديث",
    re.IGNORECASE,
)


class ShownDate(Struct, frozen=True):
    day: str
    """As YYYY-MM-DD."""
    is_update: bool
    """Whether the page says that it is the day of an update."""
    is_near: bool
    """Whether it stands right at the headline, and not farther below, perhaps in a table."""


def dates_at_headline(elements: PageElements, title: str, language: str) -> Iterator[ShownDate]:
    """The lines that are only a date, with a word or two: the one above the headline, then those below it."""
    headings = elements.named("h1")[:_MAX_HEADINGS] or elements.named("h2")[:_MAX_HEADINGS]
    named = (heading for heading in headings if one_line(" ".join(heading.itertext())) == title)
    headline = next(named, headings[0] if headings else None)
    if headline is None:
        return
    after = list(islice(texts_after(headline), _MAX_AFTER))
    above = list(islice(texts_before(headline), _MAX_BEFORE))
    before = list(_dates_of(above[::-1], language, is_near=True))
    if len({found.day for found in before}) == 1:  # several are those of a list of other articles
        yield from before
    yield from _dates_of(after[:_NEAR], language, is_near=True)
    yield from _dates_of(after[_NEAR:], language, is_near=False)


def _dates_of(texts: list[TextNode], language: str, *, is_near: bool) -> Iterator[ShownDate]:
    label = ""
    for text, parent in texts:
        line = one_line(text)
        day = _day_of_time(parent) or _day_of_line(line, language)
        if day:
            yield ShownDate(day, bool(_UPDATE.search(f"{label} {line}")), is_near)
        label = line[-_MAX_TEXT:]


def _day_of_time(element: HtmlElement) -> str | None:
    return find_date(element.get("datetime", "")[:10]) if element.tag == "time" else None


def _day_of_line(line: str, language: str) -> str | None:
    if len(line) > _MAX_TEXT or not may_have_date(line):
        return None
    for piece in (line, *_PIECES.split(line)):
        day = find_date(piece, language)
        if day and sum(map(str.isalpha, piece)) <= _MAX_LABEL:
            return day
    return None
