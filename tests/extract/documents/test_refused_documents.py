"""Documents that are not read, each with its reason."""

from __future__ import annotations

import time
import zlib

import pytest

from bot.core.models import Article, Page
from bot.core.skip_reasons import SkipReason
from bot.extract import extract
from bot.extract.documents import pdf_pages, stream_sizes, visible_words
from tests.extract.documents.pdf_builder import PdfBuilder, picture, wrap
from tests.extract.documents.texts import FIRST, PARAGRAPHS, SECOND, paragraphs, read, refusal, report


def bomb(size: int, layers: int = 1) -> bytes:
    """Zeros that are compressed to about a thousandth, in each layer."""
    data = bytes(size)
    for _ in range(layers):
        data = zlib.compress(data, 9)
    return data


def with_stream(entries: str, data: bytes) -> bytes:
    builder, _ = report()
    builder.objects.append((entries, data))
    return builder.build(compress=False)


def test_a_file_with_a_password() -> None:
    builder, _ = report()
    assert refusal(builder.build(password="secret")).reason is SkipReason.ENCRYPTED


def test_a_file_that_opens_without_a_password_is_read() -> None:
    builder, _ = report()
    assert paragraphs(read(builder.build(password=""))) == list(PARAGRAPHS)


def test_a_scan() -> None:
    builder = PdfBuilder()
    builder.objects.append(picture(60, 80))
    page = builder.page()
    page.resources = "/XObject << /Im 10 0 R >>"
    page.raw("q 595 0 0 842 0 0 cm /Im Do Q")
    found = refusal(builder.build())
    assert (found.reason, found.detail) == (SkipReason.SCAN, "")


@pytest.mark.parametrize("length", [9, 60, 400])
def test_a_file_that_is_cut_off(length: int) -> None:
    builder, _ = report()
    assert refusal(builder.build()[:length]).reason is SkipReason.BROKEN


def test_a_file_without_pages() -> None:
    assert refusal(PdfBuilder().build()).reason is SkipReason.BROKEN


def test_a_page_that_is_damaged_is_left_out() -> None:
    builder, _ = report()
    builder.page().lines(60, 740, wrap(FIRST, 78))
    content = builder.build()
    last = content.rindex(b"/Type /Page /Parent")
    found = read(content[:last] + b"/Type /Nope /Parens" + content[last + 19 :])
    assert found.text.startswith(FIRST)


@pytest.mark.parametrize(
    ("entries", "data"),
    [
        ("/Filter /FlateDecode", bomb(stream_sizes.MAX_STREAM_BYTES + 1)),
        ("/Filter [/FlateDecode /FlateDecode]", bomb(stream_sizes.MAX_STREAM_BYTES + 1, 2)),
        ("", bomb(stream_sizes.MAX_STREAM_BYTES + 1)),
    ],
)
def test_a_stream_that_would_become_too_large(entries: str, data: bytes) -> None:
    started = time.process_time()
    found = refusal(with_stream(entries, data))
    assert (found.reason, found.detail) == (SkipReason.TOO_COMPLEX, "one stream would need more than 32 MB")
    assert time.process_time() - started < 2


def test_streams_that_would_become_too_large_together() -> None:
    builder, _ = report()
    builder.objects += [("/Filter /FlateDecode", bomb(30_000_000))] * 5
    found = refusal(builder.build())
    assert (found.reason, found.detail) == (SkipReason.TOO_COMPLEX, "all streams would need more than 128 MB")


def test_a_large_picture_that_no_page_shows_does_not_matter() -> None:
    content = with_stream(
        "/Type /XObject /Subtype /Image /Width 9000 /Height 9000 /Filter /FlateDecode", bomb(81_000_000)
    )
    assert paragraphs(read(content)) == list(PARAGRAPHS)


def test_a_page_with_a_picture_that_is_too_large_is_left_out() -> None:
    builder, _ = report()
    entries = "/Type /XObject /Subtype /Image /Width 9000 /Height 9000 /ColorSpace /DeviceGray"
    builder.objects.append((f"{entries} /BitsPerComponent 8 /Filter /FlateDecode", bomb(81_000_000)))
    page = builder.page()
    page.lines(60, 740, wrap(SECOND, 78))
    page.resources = "/XObject << /Im 10 0 R >>"
    page.raw("q 9 0 0 9 0 0 cm /Im Do Q")
    assert paragraphs(read(builder.build())) == list(PARAGRAPHS)
    del builder.pages[0]
    found = refusal(builder.build())
    assert (found.reason, found.detail) == (SkipReason.TOO_COMPLEX, "a page with a picture that is too large")


def test_a_page_with_too_many_objects(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visible_words, "MAX_OBJECTS", 50)
    builder, page = report()
    for number in range(60):
        page.box(number, 10, 1, 1)
    assert refusal(builder.build()).reason is SkipReason.TOO_COMPLEX


def test_a_page_with_too_many_pieces_of_text() -> None:
    builder = PdfBuilder()
    page = builder.page()
    for number in range(visible_words.MAX_FRAGMENTS + 1):
        page.text(number % 40 * 14, number // 40 * 6, "x", 4)
    found = refusal(builder.build())
    assert found.reason is SkipReason.TOO_COMPLEX


def test_a_page_with_too_many_characters() -> None:
    builder = PdfBuilder()
    page = builder.page()
    for number in range(110):
        page.text(10, 10 + 7 * number, "x" * 1000, 0.5)
    assert refusal(builder.build()).reason is SkipReason.TOO_COMPLEX


def test_no_more_text_is_read_than_a_summary_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_pages, "MAX_CHARACTERS", 1000)
    builder = PdfBuilder()
    for number in range(20):
        builder.page().lines(60, 740, wrap(f"Page {number} tells this: {FIRST}", 78))
    text = read(builder.build()).text
    assert "Page 4 tells" in text
    assert "Page 5 tells" not in text


@pytest.mark.parametrize("size", [(20_000, 20_000), (1e9, 1e9), (0, 0), (595, 1e7)])
def test_pages_of_absurd_sizes_end_soon(size: tuple[float, float]) -> None:
    builder = PdfBuilder()
    builder.page(size).lines(60, 40, wrap(FIRST, 78))
    started = time.process_time()
    assert refusal(builder.build()).reason is not SkipReason.CRASHED
    assert time.process_time() - started < 3


@pytest.mark.parametrize("nested", ["[" * 20_000, "<< /A " * 20_000, "(" * 20_000])
def test_deep_nesting_ends_soon(nested: str) -> None:
    builder, page = report()
    page.entries = f"/Deep {nested}"
    started = time.process_time()
    found = extract(Page("https://docs.example/a", builder.build(), "application/pdf"))
    assert isinstance(found, Article) or found.reason is SkipReason.BROKEN
    assert time.process_time() - started < 3


def test_a_page_tree_in_a_circle_is_left() -> None:
    builder, _ = report()
    content = builder.build().replace(b"/Kids [10 0 R] /Count 1", b"/Kids [10 0 R 2 0 R]/Count 9")
    started = time.process_time()
    assert read(content).text.startswith(FIRST)
    assert time.process_time() - started < 3


def test_scripts_and_files_inside_are_ignored() -> None:
    builder, page = report()
    builder.objects.append(("/S /JavaScript /JS (app.alert\\(1\\))", None))
    builder.objects.append(("/Type /EmbeddedFile", b"secret words of an embedded file " * 40))
    files = "/EmbeddedFiles << /Names [(a) << /EF << /F 11 0 R >> >>] >>"
    builder.catalog = f"/OpenAction 10 0 R /Names << {files} >>"
    note = "<< /Type /Annot /Subtype /FreeText /Rect [0 0 99 99] /Contents (a note) >>"
    page.entries = f"/AA << /O 10 0 R >> /Annots [{note}]"
    assert paragraphs(read(builder.build())) == list(PARAGRAPHS)


def test_a_document_with_few_words_is_too_short() -> None:
    builder = PdfBuilder()
    builder.page().text(60, 740, "The tower stays.")
    found = refusal(builder.build())
    assert (found.reason, found.detail) == (SkipReason.TOO_SHORT, "3 words")


def test_a_document_without_whole_sentences_is_a_list() -> None:
    builder = PdfBuilder()
    page = builder.page()
    for number in range(40):
        page.text(60, 780 - 18 * number, f"Entry {number} of the harbour register of boats")
    assert refusal(builder.build()).reason is SkipReason.LISTING
