"""Read the characters of a PDF page with their positions and fonts, from PDFium's text page.

PDFium gives the characters in the order of the file and adds the spaces and line ends that it infers from
their positions. Text that does not stand upright on the page (watermarks, stamps in the margin) is left out.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterator
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from msgspec import Struct

from bot.core.skip_reasons import SkipReason
from bot.extract.documents.refusal import RefusedDocumentError

MAX_CHARACTERS = 100_000
"""Maximum number of characters on one page; a page of small print has about 10,000."""
LINE_END = "\n"

_HYPHENS_AT_LINE_ENDS = frozenset({0x02, 0xFFFE})
"""What PDFium returns for a hyphen that ends a line, depending on its version."""
_NOT_DRAWN_MODES = frozenset({pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium_c.FPDF_TEXTRENDERMODE_CLIP})
_BOLD_NAME = re.compile(r"bold|black|heavy|semib|[-,]bd?$|cmbx|-medi$", re.IGNORECASE)
_MATH_NAME = re.compile(
    r"math|symbol|^(?:\w{6}\+)?(?:cm(?:mi|sy|ex|mib|bsy)|ms[ab]m|eu[fsr][mb]|lmmath)", re.IGNORECASE
)
_BOLD_WEIGHT = 600
_MAX_SLOPE = 0.1
"""The tangent of the largest angle of a line that counts as upright."""
_NAME_SIZE = 200


class Character(NamedTuple):
    """One character, or a space or `LINE_END` that PDFium infers."""

    text: str
    left: float
    right: float
    bottom: float
    top: float
    baseline: float
    font: TextFont | None
    """None for spaces and line ends that PDFium inferred."""


class TextFont(Struct, frozen=True):
    """How a text object is drawn."""

    size: float
    """In points on the page."""
    upright: bool
    drawn: bool
    """Whether the file asks for it to be drawn. Text over a scan, to search in it, is not drawn."""
    bold: bool
    math: bool


def read_characters(page: pdfium.PdfPage, text_page: pdfium.PdfTextPage) -> Iterator[Character]:
    """The upright characters of a page. Raises `RefusedDocumentError` for too many of them."""
    count = pdfium_c.FPDFText_CountChars(text_page)
    if count > MAX_CHARACTERS:
        raise RefusedDocumentError(SkipReason.TOO_COMPLEX, f"a page with {count} characters")
    turn = _Turn(page)
    fonts: dict[int, TextFont] = {}
    box = [ctypes.c_double() for _ in range(4)]
    box_references = [ctypes.byref(value) for value in box]
    origin = [ctypes.c_double() for _ in range(2)]
    origin_references = [ctypes.byref(value) for value in origin]
    unicode_of, object_of = pdfium_c.FPDFText_GetUnicode, pdfium_c.FPDFText_GetTextObject
    box_of, origin_of = pdfium_c.FPDFText_GetCharBox, pdfium_c.FPDFText_GetCharOrigin
    for index in range(count):
        code = unicode_of(text_page, index)
        if code in (10, 13):
            yield Character(LINE_END, 0, 0, 0, 0, 0, None)
            continue
        text_object = object_of(text_page, index)
        if not text_object:
            yield Character(" ", 0, 0, 0, 0, 0, None)
            continue
        address = ctypes.addressof(text_object.contents)
        font = fonts.get(address)
        if font is None:
            font = fonts[address] = _font_of(text_page, index, text_object, turn)
        if not font.upright:
            continue
        box_of(text_page, index, *box_references)
        origin_of(text_page, index, *origin_references)
        left, bottom = turn.upright(box[0].value, box[2].value)
        right, top = turn.upright(box[1].value, box[3].value)
        baseline = turn.upright(origin[0].value, origin[1].value)[1]
        text = "-" if code in _HYPHENS_AT_LINE_ENDS else chr(code) if 32 <= code < 0x110000 else ""
        yield Character(
            text, min(left, right), max(left, right), min(bottom, top), max(bottom, top), baseline, font
        )


class _Turn:
    """Turns positions in a file to those on the page as a reader holds it (ISO 32000-1, 7.7.3.3, Rotate)."""

    def __init__(self, page: pdfium.PdfPage) -> None:
        angle = page.get_rotation()
        self.cos, self.sin = {0: (1, 0), 90: (0, 1), 180: (-1, 0), 270: (0, -1)}.get(angle, (1, 0))
        left, bottom, right, top = page.get_cropbox()
        corners = [self._turn(x, y) for x in (left, right) for y in (bottom, top)]
        self.left, self.bottom = min(x for x, _ in corners), min(y for _, y in corners)

    def _turn(self, x: float, y: float) -> tuple[float, float]:
        return x * self.cos + y * self.sin, y * self.cos - x * self.sin

    def upright(self, x: float, y: float) -> tuple[float, float]:
        turned_x, turned_y = self._turn(x, y)
        return turned_x - self.left, turned_y - self.bottom

    def is_upright(self, a: float, b: float) -> bool:
        """Whether text with the matrix (a, b, …) runs from left to right on the page."""
        along, across = self._turn(a, b)
        return along > 0 and abs(across) <= _MAX_SLOPE * along


def _font_of(
    text_page: pdfium.PdfTextPage, index: int, text_object: pdfium_c.FPDF_PAGEOBJECT, turn: _Turn
) -> TextFont:
    matrix = pdfium_c.FS_MATRIX()
    if not pdfium_c.FPDFText_GetMatrix(text_page, index, matrix):
        matrix.a, matrix.d = 1, 1
    size = abs(pdfium_c.FPDFText_GetFontSize(text_page, index)) * math.hypot(matrix.c, matrix.d)
    font = pdfium_c.FPDFTextObj_GetFont(text_object)
    name = _font_name(font) if font else ""
    return TextFont(
        size=size if math.isfinite(size) else 0.0,
        upright=turn.is_upright(matrix.a, matrix.b),
        drawn=pdfium_c.FPDFTextObj_GetTextRenderMode(text_object) not in _NOT_DRAWN_MODES,
        bold=bool(_BOLD_NAME.search(name))
        or pdfium_c.FPDFText_GetFontWeight(text_page, index) >= _BOLD_WEIGHT,
        math=bool(_MATH_NAME.search(name)),
    )


def _font_name(font: pdfium_c.FPDF_FONT) -> str:
    buffer = ctypes.create_string_buffer(_NAME_SIZE)
    pdfium_c.FPDFFont_GetBaseFontName(font, buffer, _NAME_SIZE)
    return buffer.value.decode("utf-8", "replace")
