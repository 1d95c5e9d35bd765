"""Read a PDF document: from the bytes of the file to paragraphs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.core.models import MISSING_PART, ParagraphKind
from bot.core.skip_reasons import SkipReason
from bot.extract.documents.abstract import find_abstract
from bot.extract.documents.document_sections import choose_text
from bot.extract.documents.document_text import DocumentText, TextParagraph
from bot.extract.documents.line_joining import join_lines, words_inside
from bot.extract.documents.page_layout import Line, PageLayout
from bot.extract.documents.pdf_metadata import find_author, find_published, find_title
from bot.extract.documents.pdf_pages import MAX_PAGES, PdfFile, PdfInfo
from bot.extract.documents.pdf_paragraphs import BULLET, group_lines, join_across_breaks
from bot.extract.documents.reading_order import lines_in_order
from bot.extract.documents.refusal import RefusedDocumentError
from bot.extract.documents.running_heads import body_size_of, without_running_heads

_ABSTRACT_PAGES = 3
"""An abstract ends within so many pages; the others are then not read."""


def read_pdf(content: bytes) -> DocumentText:
    """The text of a PDF file. Raises `RefusedDocumentError`."""
    with PdfFile(content) as file:
        pages: list[PageLayout] = []
        for page in file.pages():
            pages.append(page)
            if len(pages) == _ABSTRACT_PAGES and file.info.pages > _ABSTRACT_PAGES:
                beginning = _to_text(pages, file.info)
                if find_abstract(beginning.paragraphs):
                    return _abstract_of(beginning)
    if not any(fragment.text.strip(f"{MISSING_PART} ") for page in pages for fragment in page.fragments):
        raise _without_text(pages, file)
    return _abstract_of(_to_text(pages, file.info))


def _without_text(pages: Sequence[PageLayout], file: PdfFile) -> RefusedDocumentError:
    if file.skipped_pages:
        return file.skipped_pages[0]
    hidden = any(page.hidden_words for page in pages)
    return RefusedDocumentError(SkipReason.SCAN, "its text is hidden from readers" if hidden else "")


def _abstract_of(document: DocumentText) -> DocumentText:
    """The document with only its abstract, if it has one."""
    abstract = find_abstract(document.paragraphs)
    if not abstract:
        return document
    notes = (*document.notes, "only the abstract is read")
    return DocumentText(tuple(abstract), document.title, document.author, document.published, notes)


def _to_text(pages: Sequence[PageLayout], info: PdfInfo) -> DocumentText:
    body_size = body_size_of(pages)
    lines: list[Line] = []
    for page in without_running_heads(pages, body_size):
        lines += lines_in_order(page, lines[-1].column + 1 if lines else 0)
    first_page = [line for line in lines if line.page == pages[0].number]
    chosen = choose_text(group_lines(lines), body_size)
    known_words = words_inside(line.text for line in lines)
    kinds = {id(group.first): kind for group, kind in chosen}
    paragraphs = tuple(
        TextParagraph(BULLET.sub("", text, count=1) if kind is ParagraphKind.LIST_ITEM else text, kind)
        for group in join_across_breaks([group for group, _ in chosen])
        if (text := join_lines((line.text for line in group.lines), known_words).strip())
        and (kind := kinds[id(group.first)])
    )
    title = find_title(info, first_page, body_size)
    author = find_author(info, first_page, title)
    return DocumentText(
        tuple(paragraph for paragraph in paragraphs if paragraph.text != author),
        title,
        author,
        find_published(info, first_page),
        tuple(_notes(pages, info)),
    )


def _notes(pages: Sequence[PageLayout], info: PdfInfo) -> Iterator[str]:
    yield f"PDF: {info.pages} pages, {len(pages)} read"
    if info.pages > MAX_PAGES:
        yield f"only the first {MAX_PAGES} pages are read"
    hidden = sum(page.hidden_words for page in pages)
    if hidden:
        yield f"left out: {hidden} words that a reader does not see"
