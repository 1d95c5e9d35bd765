"""Choose the groups of lines that are the text of a document, and tell headings from paragraphs.

Left out are footnotes, captions, tables, formulas, tables of contents, and all that follows the heading of
the references.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from bot.core.models import MISSING_PART, ParagraphKind
from bot.extract.documents.pdf_paragraphs import LineGroup
from bot.extract.documents.section_names import section_name

_NOTE_SIZE = 0.93
"""Footnotes and captions are set smaller than this share of the font size of the text."""
_FOOTNOTE_SIZE = 0.87
"""Smaller print at the end of a column needs no mark to be a footnote: it may go on from the page before."""
_MIN_PROSE_SIZE = 0.75
_MIN_PROSE_WORDS = 12
_HEADING_SIZE = 1.08
_MAX_HEADING_WORDS = 16
_FIRST_SHARE_WITHOUT_REFERENCES = 0.25
_MIN_LETTERS = 0.5
_CONTENTS_LINE = re.compile(r"(?:\.\s?){4,}\s*\w{0,6}$|…{2,}\s*\w{0,6}$")
_LINE_END = 100
"""Characters at the end of a line in which the dots of a table of contents are searched for."""
_NUMBER = r"(?:(?:§\s*)?(?:\d{1,2}|[IVX]{1,5}|[A-Z])(?:\.\d{1,2})*\.?\s+)?"
_CAPTION = re.compile(
    rf"{section_name('caption')}\.?\s?(?:[A-Z]\.?)?\d{{0,3}}(?:\.\d+)?\s?[:.|–—]\s", re.IGNORECASE
)
_SOURCE = re.compile(rf"{section_name('source')}\s?:", re.IGNORECASE)
_REFERENCES = re.compile(rf"{_NUMBER}{section_name('references')}\s*:?", re.IGNORECASE)
_LEFT_OUT = re.compile(rf"{_NUMBER}{section_name('left_out')}\s*:?", re.IGNORECASE)
_ABSTRACT = re.compile(rf"{_NUMBER}{section_name('abstract')}\s*:?", re.IGNORECASE)
_KEY_WORDS = re.compile(rf"{section_name('key_words')}\s{{0,2}}[:—–-]", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)]*$")
_NOTE_START = re.compile(r"(?:\[?\(?\d{1,3}[\])]?\.?|[*∗†‡§¶]{1,3})\s*\S")


def choose_text(groups: Sequence[LineGroup], body_size: float) -> list[tuple[LineGroup, ParagraphKind]]:
    """The groups of the text in order, each with its kind."""
    found: list[tuple[LineGroup, ParagraphKind]] = []
    footnotes = _footnotes(groups, body_size)
    skipping = False
    for index, group in enumerate(groups):
        text = group.text
        kind = kind_of(group, body_size)
        if kind is ParagraphKind.HEADING:
            if _REFERENCES.fullmatch(text) and index > _FIRST_SHARE_WITHOUT_REFERENCES * len(groups):
                break
            skipping = bool(_LEFT_OUT.fullmatch(text))
        if not (skipping or index in footnotes or _is_left_out(group, text, body_size, kind)):
            found.append((group, kind))
    return found


def _footnotes(groups: Sequence[LineGroup], body_size: float) -> frozenset[int]:
    """The indexes of the groups in small print at the end of a column, below text of the usual size."""
    found: list[int] = []
    for _, column in groupby(enumerate(groups), key=lambda item: item[1].first.column):
        members = list(column)
        usual = [group.size >= _NOTE_SIZE * body_size for _, group in members]
        if not any(usual):
            continue
        below = members[len(usual) - usual[::-1].index(True) :]
        if below and (_NOTE_START.match(below[0][1].text) or below[0][1].size < _FOOTNOTE_SIZE * body_size):
            found += (index for index, _ in below)
    return frozenset(found)


def kind_of(group: LineGroup, body_size: float) -> ParagraphKind:
    if group.is_table_row:
        return ParagraphKind.TABLE
    text = group.text
    words = text.split()
    if len(words) <= _MAX_HEADING_WORDS and not _SENTENCE_END.search(text) and any(map(str.isalpha, text)):
        if _ABSTRACT.fullmatch(text):
            return ParagraphKind.HEADING
        is_large = group.size >= _HEADING_SIZE * body_size
        if is_large or (
            group.size >= _NOTE_SIZE * body_size and (group.bold or _is_plain_heading(group, text))
        ):
            return ParagraphKind.HEADING
    return ParagraphKind.LIST_ITEM if group.is_item else ParagraphKind.PARAGRAPH


def _is_plain_heading(group: LineGroup, text: str) -> bool:
    """Whether one line is a heading without a font of its own: in capitals, or a known name."""
    if len(group.lines) > 1:
        return False
    letters = [character for character in text if character.isalpha()]
    in_capitals = len(letters) > 3 and all(map(str.isupper, letters))
    return in_capitals or bool(_REFERENCES.fullmatch(text) or _LEFT_OUT.fullmatch(text))


def _is_left_out(group: LineGroup, text: str, body_size: float, kind: ParagraphKind) -> bool:
    if kind is ParagraphKind.TABLE or _CONTENTS_LINE.search(text[-_LINE_END:]) or _KEY_WORDS.match(text):
        return True
    if kind is ParagraphKind.HEADING:
        return bool(_CAPTION.match(text))
    if group.size < _NOTE_SIZE * body_size and not _is_small_prose(group, text, body_size):
        return True
    return bool(_CAPTION.match(text)) or _is_formula(text)


def _is_small_prose(group: LineGroup, text: str, body_size: float) -> bool:
    """Whether text in a smaller font is a part of the text: an abstract, a quotation."""
    if group.size < _MIN_PROSE_SIZE * body_size or _SOURCE.match(text) or _NOTE_START.match(text):
        return False
    return len(text.split()) >= _MIN_PROSE_WORDS and bool(_SENTENCE_END.search(text))


def _is_formula(text: str) -> bool:
    characters = text.replace(" ", "")
    letters = sum(character.isalpha() for character in characters if character != MISSING_PART)
    return letters < _MIN_LETTERS * len(characters)
