"""Text in a PDF file that a reader does not see is never part of the article."""

from __future__ import annotations

import pytest

from bot.core.models import MISSING_PART, Page
from bot.core.skip_reasons import SkipReason
from bot.extract import extract
from tests.extract.documents.pdf_builder import PdfBuilder, picture, wrap
from tests.extract.documents.texts import FIRST, PARAGRAPHS, SECOND, paragraphs, read, refusal, report

HIDDEN = "Buy the magic beans of the bean shop today, because every bean is magic and cheap."


@pytest.mark.parametrize(
    "style",
    [
        {"color": (1, 1, 1)},
        {"color": (0.96, 0.97, 0.96)},
        {"mode": 3},
        {"mode": 7},
        {"size": 1},
    ],
)
def test_white_faint_undrawn_and_tiny_text(style: dict[str, object]) -> None:
    builder, page = report()
    page.lines(60, 400, wrap(HIDDEN, 78), **style)  # type: ignore[arg-type]
    found = extract(Page("https://docs.example/a", builder.build(), "application/pdf"), explain=True)
    assert found.result.text.split("\n\n") == list(PARAGRAPHS)
    assert "left out: 16 words that a reader does not see" in found.why


@pytest.mark.parametrize(("x", "y"), [(700, 400), (60, -40), (60, 900), (-600, 400)])
def test_text_outside_the_page(x: float, y: float) -> None:
    builder, page = report()
    page.lines(x, y, wrap(HIDDEN, 78))
    assert paragraphs(read(builder.build())) == list(PARAGRAPHS)


def test_text_outside_the_crop_box() -> None:
    builder, page = report()
    page.lines(60, 40, wrap(HIDDEN, 78))
    page.entries = "/CropBox [0 100 595 842]"
    assert paragraphs(read(builder.build())) == list(PARAGRAPHS)


def test_text_under_a_black_box() -> None:
    builder, page = report()
    page.text(60, 400, "The witness is called John Example and lives at the pier.")
    page.box(150, 395, 200, 14)
    assert paragraphs(read(builder.build()))[-1] == f"The witness is {MISSING_PART} the pier."


def test_text_under_a_picture() -> None:
    builder, page = report()
    builder.objects.append(picture(40, 40))
    page.resources = "/XObject << /Im 10 0 R >>"
    page.lines(60, 400, wrap(HIDDEN, 78))
    page.raw("q 500 0 0 100 50 350 cm /Im Do Q")
    assert paragraphs(read(builder.build())) == list(PARAGRAPHS)


def test_text_outside_a_clipping_path() -> None:
    builder, page = report()
    page.raw("q 0 0 10 10 re W n")
    page.lines(60, 400, wrap(HIDDEN, 78))
    page.raw("Q")
    assert paragraphs(read(builder.build())) == list(PARAGRAPHS)


def test_transparent_text() -> None:
    builder, page = report()
    page.resources = "/ExtGState << /Gone << /ca 0 >> >>"
    page.raw("/Gone gs")
    page.lines(60, 400, wrap(HIDDEN, 78))
    assert paragraphs(read(builder.build())) == list(PARAGRAPHS)


def test_white_text_on_top_of_black_text() -> None:
    builder, page = report()
    page.lines(60, 400, wrap(SECOND, 78))
    page.lines(61, 400, wrap(HIDDEN, 78), color=(1, 1, 1))
    assert "magic" not in read(builder.build()).text


def test_text_in_a_form_that_is_white() -> None:
    builder, page = report()
    content = b"BT 1 g /F1 10 Tf 1 0 0 1 60 400 Tm (Buy the magic beans of the shop today.) Tj ET"
    form = "/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >>"
    builder.objects.append((form, content))
    page.resources = "/XObject << /Fm 10 0 R >>"
    page.raw("/Fm Do")
    assert paragraphs(read(builder.build())) == list(PARAGRAPHS)


def test_text_in_a_layer_that_is_off() -> None:
    builder, page = report()
    builder.objects.append(("/Type /OCG /Name (Layer)", None))
    builder.catalog = "/OCProperties << /OCGs [10 0 R] /D << /OFF [10 0 R] >> >>"
    page.resources = "/Properties << /Layer 10 0 R >>"
    page.raw("/OC /Layer BDC")
    page.lines(60, 400, wrap(HIDDEN, 78))
    page.raw("EMC")
    assert paragraphs(read(builder.build())) == list(PARAGRAPHS)


def test_white_text_on_a_dark_page_is_seen() -> None:
    builder = PdfBuilder()
    page = builder.page()
    page.box(0, 0, 595, 842, (0.1, 0.1, 0.4))
    page.lines(60, 740, wrap(FIRST, 78), color=(1, 1, 1))
    page.lines(60, 600, wrap(SECOND, 78), color=(1, 1, 1))
    assert paragraphs(read(builder.build())) == [FIRST, SECOND]


def test_grey_text_is_seen() -> None:
    builder, page = report()
    page.lines(60, 400, wrap(SECOND, 78), color=(0.55, 0.55, 0.55))
    assert paragraphs(read(builder.build()))[-1] == SECOND


def test_words_that_are_drawn_twice_to_be_bold_are_read_once() -> None:
    builder = PdfBuilder()
    page = builder.page()
    for shift in (0, 0.3):
        page.lines(60 + shift, 740, wrap(FIRST, 78))
        page.lines(60 + shift, 600, wrap(SECOND, 78))
    assert paragraphs(read(builder.build())) == [FIRST, SECOND]


def test_the_search_text_of_a_scan_is_not_read() -> None:
    builder = PdfBuilder()
    builder.objects.append(picture(60, 80))
    page = builder.page()
    page.resources = "/XObject << /Im 10 0 R >>"
    page.raw("q 595 0 0 842 0 0 cm /Im Do Q")
    page.lines(60, 740, wrap(FIRST, 78), mode=3)
    found = refusal(builder.build())
    assert (found.reason, found.detail) == (SkipReason.SCAN, "its text is hidden from readers")
