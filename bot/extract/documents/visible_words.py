"""Find the words of a PDF page that a reader sees.

The page is drawn twice at a low resolution: as it is, and without its text. A word is visible if the pictures
differ where it stands. This finds text in the colour of its background, under other objects, outside the
page or a clipping path, in layers that are off, and transparent text, without a rule for each.
"""

from __future__ import annotations

import ctypes

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from msgspec.structs import replace

from bot.core.models import MISSING_PART
from bot.core.skip_reasons import SkipReason
from bot.extract.documents.overlapping_words import find_overlaps
from bot.extract.documents.page_layout import Fragment, Word
from bot.extract.documents.refusal import RefusedDocumentError

PIXELS_PER_POINT = 1.4
MAX_SIDE = 1_400
"""Maximum width and height of the pictures, in pixels; pages of any size fit."""
MAX_FRAGMENTS = 5_000
"""Maximum number of fragments of lines on a page; a page of small print has about 300."""
MAX_OBJECTS = 30_000
"""Maximum number of objects on a page that is drawn."""
MAX_PICTURE_PIXELS = 50_000_000
"""Maximum number of pixels of a picture on a page that is drawn; a scan at 600 dpi has 35 million."""
MIN_CONTRAST = 32
"""The difference of grey levels (0 to 255) from which text can be read."""
MIN_TEXT_PIXELS = 3.4
"""Smallest font size that can be read, in pixels: 2.4 points on a page of usual size."""
_MAX_DEPTH = 15

Picture = npt.NDArray[np.uint8]


def visible_fragments(page: pdfium.PdfPage, fragments: list[Fragment]) -> tuple[list[Fragment], int]:
    """The fragments with only the words that a reader sees, and the number of the other words.

    Changes the page: afterwards its text is not drawn any more. Raises `RefusedDocumentError` for a page that
    is too expensive to draw.
    """
    if not fragments:
        return [], 0
    if len(fragments) > MAX_FRAGMENTS:
        raise RefusedDocumentError(SkipReason.TOO_COMPLEX, f"a page with {len(fragments)} pieces of text")
    text_objects = _text_objects(page)
    scale = min(PIXELS_PER_POINT, MAX_SIDE / max(*page.get_size(), 1))
    with_text = _draw(page, scale)
    for text_object in text_objects:
        pdfium_c.FPDFTextObj_SetTextRenderMode(text_object, pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE)
    drawn = np.abs(with_text.astype(np.int16) - _draw(page, scale)) >= MIN_CONTRAST
    words = [word for fragment in fragments for word in fragment.words]
    boxes = _boxes(words, scale, drawn.shape)
    seen = _any_in_boxes(drawn, boxes)
    readable = np.array([word.size * scale >= MIN_TEXT_PIXELS for word in words])
    on_page = (boxes[:, 0] < boxes[:, 1]) & (boxes[:, 2] < boxes[:, 3])
    overlaps = find_overlaps(words)
    seen[list(overlaps.unclear)] = False
    gaps = ~seen & readable & on_page
    hidden = int((~(seen & readable)).sum())
    seen[list(overlaps.copies)] = gaps[list(overlaps.copies)] = False
    return _kept(fragments, (seen & readable).tolist(), gaps.tolist()), hidden


def _kept(fragments: list[Fragment], seen: list[bool], gaps: list[bool]) -> list[Fragment]:
    """The fragments with only the words that are seen.

    `gaps` tells of each word whether a reader would miss it: something covers it. Then `MISSING_PART` stands
    in its place, so that a summary has no sentence that lacks a word.
    """
    states = iter(zip(seen, gaps, strict=True))
    found = []
    for fragment in fragments:
        words: list[Word] = []
        for word in fragment.words:
            is_seen, is_gap = next(states)
            is_mark = not any(map(str.isalnum, word.text))  # a full stop is too small to be judged
            if is_seen or (is_mark and is_gap):
                words.append(word)
            elif is_gap and not (words and words[-1].text == MISSING_PART):
                words.append(replace(word, text=MISSING_PART))
        if any(character.isalnum() or character == MISSING_PART for word in words for character in word.text):
            found.append(Fragment.of(tuple(words), fragment.baseline, fragment.size))
    return found


def _text_objects(page: pdfium.PdfPage) -> list[pdfium_c.FPDF_PAGEOBJECT]:
    """All text objects, also inside form objects."""
    found = []
    for count, page_object in enumerate(page.get_objects(max_depth=_MAX_DEPTH)):
        if count >= MAX_OBJECTS:
            raise RefusedDocumentError(SkipReason.TOO_COMPLEX, f"a page with more than {MAX_OBJECTS} objects")
        if page_object.type == pdfium_c.FPDF_PAGEOBJ_TEXT:
            found.append(page_object.raw)
        elif page_object.type == pdfium_c.FPDF_PAGEOBJ_IMAGE and _pixels(page_object) > MAX_PICTURE_PIXELS:
            raise RefusedDocumentError(SkipReason.TOO_COMPLEX, "a page with a picture that is too large")
    return found


def _pixels(picture: pdfium.PdfObject) -> int:
    width, height = ctypes.c_uint(), ctypes.c_uint()
    if not pdfium_c.FPDFImageObj_GetImagePixelSize(picture.raw, width, height):
        return 0
    return width.value * height.value


def _draw(page: pdfium.PdfPage, scale: float) -> Picture:
    """The page in shades of grey, shape (height, width)."""
    bitmap = page.render(scale=scale, grayscale=True, may_draw_forms=False, draw_annots=False)
    picture: Picture = bitmap.to_numpy().reshape(bitmap.height, bitmap.width, -1)[..., 0].copy()
    bitmap.close()
    return picture


def _boxes(words: list[Word], scale: float, shape: tuple[int, ...]) -> npt.NDArray[np.int64]:
    """The columns left, right and rows top, bottom of each word, cut at the borders of the picture."""
    height, width = shape
    boxes = (
        np.array([(word.left, word.right, word.bottom, word.top) for word in words]).reshape(-1, 4) * scale
    )
    boxes = np.clip(np.nan_to_num(boxes), -1, MAX_SIDE + 1)
    left, right = np.floor(boxes[:, 0]), np.ceil(boxes[:, 1])
    top, bottom = height - np.ceil(boxes[:, 3]), height - np.floor(boxes[:, 2])
    columns = np.clip(np.stack([left, right]), 0, width)
    rows = np.clip(np.stack([top, bottom]), 0, height)
    return np.concatenate([columns, rows]).T.astype(np.int64)


def _any_in_boxes(drawn: npt.NDArray[np.bool_], boxes: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Whether each box has a pixel that is set, from sums over the picture."""
    sums = np.pad(np.cumsum(np.cumsum(drawn, axis=0, dtype=np.int64), axis=1), ((1, 0), (1, 0)))
    left, right, top, bottom = boxes.T
    found: npt.NDArray[np.bool_] = (
        sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left] > 0
    )
    return found
