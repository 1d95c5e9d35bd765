"""Find the abstract of a paper: it is the summary that its authors wrote."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.core.models import ParagraphKind
from bot.extract.documents.document_text import TextParagraph
from bot.extract.documents.section_names import section_name
from bot.extract.word_count import count_words

MIN_WORDS = 120
"""A shorter abstract is read together with the rest of the text."""
MAX_WORDS = 700
_NAME = section_name("abstract")
_HEADING = re.compile(rf"(?:\d\.?\s+)?{_NAME}\s*[:.]?", re.IGNORECASE)
_RUN_IN = re.compile(rf"{_NAME}\s*(?:[:.—–-]|\s(?=[A-Z]))\s*", re.IGNORECASE)
_FIRST_PARAGRAPHS = 14
"""An abstract begins within so many paragraphs and headings."""


def find_abstract(paragraphs: Sequence[TextParagraph]) -> list[TextParagraph]:
    """The paragraphs of the abstract without its heading; none if there is no abstract of a usual length."""
    for index, paragraph in enumerate(paragraphs[:_FIRST_PARAGRAPHS]):
        if paragraph.kind is ParagraphKind.HEADING and _HEADING.fullmatch(paragraph.text):
            found = _until_heading(paragraphs[index + 1 :])
        elif paragraph.kind is not ParagraphKind.HEADING and (label := _RUN_IN.match(paragraph.text)):
            text = paragraph.text[label.end() :]
            found = [TextParagraph(text[:1].upper() + text[1:], paragraph.kind)]
        else:
            continue
        words = sum(count_words(one.text) for one in found)
        return found if MIN_WORDS <= words <= MAX_WORDS else []
    return []


def _until_heading(paragraphs: Sequence[TextParagraph]) -> list[TextParagraph]:
    found: list[TextParagraph] = []
    for paragraph in paragraphs:
        if paragraph.kind is ParagraphKind.HEADING:
            break
        found.append(paragraph)
    return found
