"""Open a PDF file with PDFium and read the visible text of its first pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from msgspec import Struct

from bot.core.skip_reasons import SkipReason
from bot.extract.documents.page_layout import PageLayout
from bot.extract.documents.pdf_characters import read_characters
from bot.extract.documents.pdf_words import count_undrawn_words, to_fragments
from bot.extract.documents.refusal import RefusedDocumentError
from bot.extract.documents.stream_sizes import check_stream_sizes
from bot.extract.documents.visible_words import visible_fragments

MAX_PAGES = 60
"""Number of pages that are read; the text after them would not change the summary."""
MAX_CHARACTERS = 200_000
"""No further page is read after so many characters: no method of summarizing reads more words."""
_LOCKED = frozenset({pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY})
_INFO = ("Title", "Author", "CreationDate")


class PdfInfo(Struct, frozen=True):
    """What a file says about itself (ISO 32000-1, 14.3.3)."""

    title: str
    author: str
    created: str
    """For example `D:20240131120000Z`."""
    pages: int


class PdfFile:
    """An open file. Close it, or use it in a `with` statement."""

    def __init__(self, content: bytes) -> None:
        """Raises `RefusedDocumentError` for a file that is locked, damaged or too large inside."""
        check_stream_sizes(content)
        self.skipped_pages: list[RefusedDocumentError] = []
        """Why pages were left out, in order."""
        try:
            self._document = pdfium.PdfDocument(content)
        except pdfium.PdfiumError as error:
            reason = SkipReason.ENCRYPTED if error.err_code in _LOCKED else SkipReason.BROKEN
            raise RefusedDocumentError(reason) from error
        try:
            self.info = self._read_info()
        except pdfium.PdfiumError:
            self.info = PdfInfo("", "", "", len(self._document))
        if not self.info.pages:
            self.close()
            raise RefusedDocumentError(SkipReason.BROKEN, "it has no pages")

    def _read_info(self) -> PdfInfo:
        title, author, created = (self._document.get_metadata_value(key) for key in _INFO)
        return PdfInfo(title, author, created, len(self._document))

    def pages(self) -> Iterator[PageLayout]:
        """The first pages, except those that are damaged or too complex."""
        left = MAX_CHARACTERS
        for number in range(min(self.info.pages, MAX_PAGES)):
            layout = self._read_page(number)
            if layout is None:
                continue
            yield layout
            left -= sum(len(word.text) + 1 for fragment in layout.fragments for word in fragment.words)
            if left <= 0:
                return

    def _read_page(self, number: int) -> PageLayout | None:
        try:
            page = self._document[number]
        except pdfium.PdfiumError:
            self.skipped_pages.append(RefusedDocumentError(SkipReason.BROKEN, "no page can be read"))
            return None
        try:
            return _page_layout(page, number)
        except RefusedDocumentError as refusal:
            self.skipped_pages.append(refusal)
            return None
        finally:
            page.close()

    def close(self) -> None:
        self._document.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _page_layout(page: pdfium.PdfPage, number: int) -> PageLayout:
    text_page = page.get_textpage()
    characters = list(read_characters(page, text_page))
    text_page.close()
    fragments, hidden = visible_fragments(page, list(to_fragments(characters)))
    width, height = page.get_size()
    return PageLayout(number, width, height, tuple(fragments), hidden + count_undrawn_words(characters))
