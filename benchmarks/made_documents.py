"""The documents that `benchmarks.documents` reads, each with the text or the reason that must be found."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from benchmarks import office_documents, typeset_documents
from benchmarks.document_texts import Section, paragraph, sections, sentences
from bot.core.skip_reasons import SkipReason
from bot.extract.documents.stream_sizes import MAX_STREAM_BYTES
from tests.extract.documents.pdf_builder import PdfBuilder, picture, wrap


@dataclass(frozen=True, slots=True)
class MadeDocument:
    name: str
    maker: str
    build: Callable[[], bytes]
    truth: str = ""
    """The text of its body, with its headings."""
    reason: SkipReason | None = None
    content_type: str = "application/pdf"
    forbidden: tuple[str, ...] = field(default=())
    """What must not be in the text."""


def made_documents() -> Iterator[MadeDocument]:
    """Those that the programs on this machine can make."""
    if office_documents.soffice():
        yield from _office()
    if typeset_documents.has_typst():
        yield from _typeset()
    yield from _written()
    yield from _texts()


def _text(parts: Sequence[Section], title: str = "") -> str:
    bodies = ("\n".join((part.heading, *part.paragraphs)) for part in parts)
    return "\n".join((title, *bodies))


def _office() -> Iterator[MadeDocument]:
    maker, title = "LibreOffice", "The state of the harbours"
    layouts = (
        ("one column, footnotes, table", 1, "en", True),
        ("two columns", 2, "en", False),
        ("three columns", 3, "en", False),
        ("two columns, German", 2, "de", False),
    )
    for seed, (name, columns, language, extras) in enumerate(layouts, 1):
        parts = list(sections(6, seed, language))
        yield MadeDocument(
            f"report, {name}",
            maker,
            lambda parts=parts, columns=columns, language=language, extras=extras: office_documents.report(  # type: ignore[misc]
                parts, title=title, columns=columns, language=language, extras=extras
            ),
            _text(parts, title),
            forbidden=("Annual report of the county", sentences(1, 7001)[0], "Boats Ships"),
        )
    ruling = office_documents.ruling()
    yield MadeDocument(
        "ruling, numbered paragraphs",
        maker,
        lambda: office_documents.report(ruling, title="In the matter of the breakwater"),
        re.sub(r"\n\d+\. ", "\n", _text(ruling, "In the matter of the breakwater")),
    )
    titles = [f"What the year {2000 + n} brought" for n in range(12)]
    yield MadeDocument(
        "slides, no sentences", maker, lambda: office_documents.slides(titles), reason=SkipReason.LISTING
    )
    yield MadeDocument(
        "a table of figures", maker, lambda: office_documents.tables(60), reason=SkipReason.NOT_TEXT
    )


def _typeset() -> Iterator[MadeDocument]:
    maker, title = "Typst", "Breakwaters of the northern sea"
    parts = list(sections(6, 20))
    long = list(sections(120, 21, paragraphs=16))
    abstract = paragraph(77, length=12)
    heads = ("Journal of Harbours", "A. Author", sentences(1, 500)[0], "Boats in each year")
    yield MadeDocument(
        "paper, two columns, abstract",
        maker,
        lambda: typeset_documents.paper(parts, abstract),
        abstract,
        forbidden=heads,
    )
    yield MadeDocument(
        "paper, two columns",
        maker,
        lambda: typeset_documents.paper(parts),
        _text(parts, title),
        forbidden=heads,
    )
    yield MadeDocument(
        "paper with formulas",
        maker,
        lambda: typeset_documents.paper(parts, formulas=True),
        _text(parts, title),
        forbidden=heads,
    )
    book = list(sections(8, 22, paragraphs=8))
    yield MadeDocument("book, indented", maker, lambda: typeset_documents.book(book), _text(book))
    yield MadeDocument("book, 500 pages and more", maker, lambda: typeset_documents.book(long))


def _written() -> Iterator[MadeDocument]:
    maker = "bytes"
    yield MadeDocument("500 pages", maker, lambda: _report(500).build(), _report_text(60))
    yield MadeDocument("a scan", maker, lambda: _scan().build(), reason=SkipReason.SCAN)
    yield MadeDocument("a scan with search text", maker, lambda: _scan(3).build(), reason=SkipReason.SCAN)
    yield MadeDocument("broken", maker, lambda: _report(3).build()[:900], reason=SkipReason.BROKEN)
    yield MadeDocument("password", maker, lambda: _report(3).build(password="x"), reason=SkipReason.ENCRYPTED)
    yield MadeDocument("empty password", maker, lambda: _report(3).build(password=""), _report_text(3))
    yield MadeDocument("decompression bomb", maker, _bomb, reason=SkipReason.TOO_COMPLEX)
    hidden = "Buy the magic beans of the bean shop today"
    yield MadeDocument(
        "hidden text", maker, lambda: _with_hidden(hidden).build(), _report_text(3), forbidden=("magic",)
    )
    yield MadeDocument(
        "scripts, files, a huge page", maker, lambda: _with_attachments().build(), _report_text(3)
    )


def _texts() -> Iterator[MadeDocument]:
    parts = list(sections(5, 30))
    text = "\n\n".join("\n\n".join((part.heading.upper(), *map(_wrapped, part.paragraphs))) for part in parts)
    marks = ("*** START OF THE EXAMPLE EBOOK ***", "*** END OF THE EXAMPLE EBOOK ***")
    book = f"Title: A book\n\n{marks[0]}\n\n{text}\n\n{marks[1]}\n\nThe licence of this book is long."
    upper = "\n".join("\n".join((part.heading.upper(), *part.paragraphs)) for part in parts)
    yield MadeDocument(
        "text, hard-wrapped", "bytes", book.encode, upper, content_type="text/plain", forbidden=("licence",)
    )
    log = "\n".join(f"2026-11-{n % 28 + 1:02} 10:00:{n % 60:02} INFO boat {n} arrived" for n in range(400))
    yield MadeDocument("a log", "bytes", log.encode, reason=SkipReason.CODE, content_type="text/plain")


def _wrapped(text: str) -> str:
    return "\n".join(wrap(text, 72))


def _report(pages: int) -> PdfBuilder:
    builder = PdfBuilder(info={"Title": "Microsoft Word - report.doc"})
    for number in range(pages):
        page = builder.page()
        page.text(60, 810, "Report of the harbour", 9)
        y = 760.0
        for text in _page_texts(number):
            y = page.lines(60, y, wrap(text, 78)) - 12
        page.text(290, 30, str(number + 1), 9)
    return builder


def _page_texts(number: int) -> list[str]:
    return [paragraph(5000 + 3 * number + index) for index in range(3)]


def _report_text(pages: int) -> str:
    return "\n".join(text for number in range(pages) for text in _page_texts(number))


def _scan(mode: int | None = None) -> PdfBuilder:
    builder = PdfBuilder()
    builder.objects.append(picture(800, 1100))
    for number in range(4):
        page = builder.page()
        page.resources = "/XObject << /Im 10 0 R >>"
        page.raw("q 595 0 0 842 0 0 cm /Im Do Q")
        if mode is not None:
            page.lines(60, 760, wrap(paragraph(number), 78), mode=mode)
    return builder


def _bomb() -> bytes:
    builder = _report(1)
    builder.objects.append(("/Filter /FlateDecode", zlib.compress(bytes(20 * MAX_STREAM_BYTES), 9)))
    return builder.build(compress=False)


def _with_hidden(text: str) -> PdfBuilder:
    builder = _report(3)
    for number, page in enumerate(builder.pages):
        page.lines(60, 60, [text], color=(1, 1, 1))
        page.lines(60 + 600 * number, -40 * number, [text], 0.9)
        page.lines(60, 80, [text], mode=3)
    return builder


def _with_attachments() -> PdfBuilder:
    builder = _report(3)
    builder.objects.append(("/S /JavaScript /JS (while\\(1\\){})", None))
    builder.objects.append(("/Type /EmbeddedFile", b"the words of an embedded file " * 9000))
    builder.catalog = (
        "/OpenAction 10 0 R /Names << /EmbeddedFiles << /Names [(a) << /EF << /F 11 0 R >> >>] >> >>"
    )
    builder.page((14_000, 14_000)).text(60, 60, "A word in the corner of a huge page.")
    return builder
