"""Read a document that is not a web page as an article, or say why it is none."""

from __future__ import annotations

import re

from bot.core.models import Article, NotArticle, Page, ParagraphKind
from bot.core.skip_reasons import SkipReason
from bot.extract.documents.document_kind import DocumentKind
from bot.extract.documents.document_text import DocumentText
from bot.extract.documents.refusal import RefusedDocumentError
from bot.extract.explanation import Explanation
from bot.extract.language_detection import language_of
from bot.extract.mojibake import is_unreadable
from bot.extract.word_count import count_words

MIN_WORDS = 50
"""A document with fewer words is too short, and one with fewer words in whole sentences is a list."""
_SENTENCE_END = re.compile(r"[.!?…。！？।؟][\"'”’»)\]]*$")
_MIN_WORDS_OF_PROSE = 8
_TEXT_KINDS = frozenset({ParagraphKind.PARAGRAPH, ParagraphKind.LIST_ITEM, ParagraphKind.QUOTE})


def read_document(page: Page, kind: DocumentKind) -> Explanation:
    """The article of a document. Its confidence is the share of its words that are in prose."""
    try:
        document = _read(page, kind)
    except RefusedDocumentError as refusal:
        return Explanation(NotArticle(refusal.reason, refusal.detail))
    result = _check(document, page)
    return Explanation(result, step="document", why="; ".join(document.notes))


def _read(page: Page, kind: DocumentKind) -> DocumentText:
    if kind is DocumentKind.PDF:
        from bot.extract.documents.pdf_document import read_pdf  # loads PDFium

        return read_pdf(page.content)
    if kind is DocumentKind.MARKDOWN:
        from bot.extract.documents.markdown_text import read_markdown

        return read_markdown(page.content, page.content_type)
    from bot.extract.documents.plain_text import read_plain_text

    return read_plain_text(page.content, page.content_type)


def _check(document: DocumentText, page: Page) -> Article | NotArticle:
    text = document.text
    words = count_words(text)
    if not words:
        return NotArticle(SkipReason.NOT_TEXT)
    if is_unreadable(text):
        return NotArticle(SkipReason.MOJIBAKE, text=text)
    if words < MIN_WORDS:
        return NotArticle(SkipReason.TOO_SHORT, f"{words} words", text)
    prose = _prose_words(document)
    if prose < MIN_WORDS:
        return NotArticle(SkipReason.LISTING, f"{prose} of {words} words are in whole sentences", text)
    return Article(
        title=document.title,
        text=text,
        language=language_of(text),
        confidence=round(prose / words, 3),
        word_count=words,
        url=page.url,
        author=document.author,
        published=document.published,
        paragraph_kinds=tuple(paragraph.kind for paragraph in document.paragraphs),
    )


def _prose_words(document: DocumentText) -> int:
    """The number of words in paragraphs that end like sentences."""
    counts = (
        count_words(paragraph.text)
        for paragraph in document.paragraphs
        if paragraph.kind in _TEXT_KINDS and _SENTENCE_END.search(paragraph.text)
    )
    return sum(count for count in counts if count >= _MIN_WORDS_OF_PROSE)
