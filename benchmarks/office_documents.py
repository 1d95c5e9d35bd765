"""Documents that LibreOffice makes from flat OpenDocument files (OASIS OpenDocument 1.3)."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from html import escape
from pathlib import Path
from string import Template

from benchmarks.document_texts import Section, paragraph, sentences

_SECONDS = 120


def soffice() -> str | None:
    return shutil.which("soffice")


def report(
    parts: Sequence[Section], *, title: str, columns: int = 1, language: str = "en", extras: bool = False
) -> bytes:
    """A report with headers and page numbers. `extras` adds footnotes, a list and a table."""
    body = [f'<text:h text:style-name="Title">{escape(title)}</text:h>']
    note = 0
    for number, part in enumerate(parts):
        body.append(f'<text:h text:style-name="Head">{escape(part.heading)}</text:h>')
        for index, text in enumerate(part.paragraphs):
            first, rest = text.split(". ", 1)
            mark = ""
            if extras and index == 1:
                note += 1
                mark = _note(note, sentences(1, 7000 + note)[0])
            body.append(f'<text:p text:style-name="Body">{escape(first)}.{mark} {escape(rest)}</text:p>')
        if extras and number == 0:
            body.append(_table())
    return _to_pdf(_document("".join(body), columns, language), "fodt")


def slides(titles: Sequence[str]) -> bytes:
    """A presentation with three points on each slide."""
    pages = []
    for number, title in enumerate(titles):
        texts = (text.rstrip(".").split(",")[0] for text in sentences(3, 300 + number))
        points = "".join(f"<text:p>{escape(text)}</text:p>" for text in texts)
        pages.append(
            f'<draw:page draw:master-page-name="M"><draw:frame svg:x="2cm" svg:y="1cm" svg:width="24cm"'
            f' svg:height="3cm"><draw:text-box><text:p>{escape(title)}</text:p></draw:text-box></draw:frame>'
            f'<draw:frame svg:x="2cm" svg:y="5cm" svg:width="24cm" svg:height="12cm"><draw:text-box>{points}'
            "</draw:text-box></draw:frame></draw:page>"
        )
    return _to_pdf(_filled("office_slides.fodp", body="".join(pages)), "fodp")


def tables(rows: int) -> bytes:
    """Nothing but a table of figures."""
    return _to_pdf(_document(_table(rows), 1, "en"), "fodt")


def _note(number: int, text: str) -> str:
    body = f'<text:note-body><text:p text:style-name="Note">{escape(text)}</text:p></text:note-body>'
    citation = f"<text:note-citation>{number}</text:note-citation>"
    return f'<text:note text:note-class="footnote">{citation}{body}</text:note>'


def _table(rows: int = 5) -> str:
    figures = ((str(1990 + n), str(n * 7), str(n), str(n * 31)) for n in range(rows))
    written = "".join(map(_row, (("Year", "Boats", "Ships", "Cargo"), *figures)))
    column = '<table:table-column table:number-columns-repeated="4"/>'
    return f"<table:table>{column}{written}</table:table>"


def _row(cells: Sequence[str]) -> str:
    texts = (f'<text:p text:style-name="Body">{cell}</text:p>' for cell in cells)
    written = "".join(f"<table:table-cell>{text}</table:table-cell>" for text in texts)
    return f"<table:table-row>{written}</table:table-row>"


def _document(body: str, columns: int, language: str) -> str:
    country = {"en": "GB", "de": "DE"}[language]
    values = {"body": body, "columns": str(columns), "language": language, "country": country}
    return _filled("office_report.fodt", **values)


def _filled(name: str, **values: str) -> str:
    return Template(Path(__file__).with_name(name).read_text("utf-8")).substitute(values)


def _to_pdf(document: str, suffix: str) -> bytes:
    program = soffice()
    assert program is not None
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, f"document.{suffix}")
        source.write_text(document, "utf-8")
        profile = f"-env:UserInstallation=file://{folder}/profile"
        command = [program, profile, "--headless", "--convert-to", "pdf", "--outdir", folder, str(source)]
        subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS)
        return source.with_suffix(".pdf").read_bytes()


def ruling() -> list[Section]:
    """The numbered paragraphs of a ruling."""
    texts = [f"{number}. {paragraph(900 + number, length=4)}" for number in range(1, 15)]
    return [Section("Reasons for the decision", tuple(texts))]
