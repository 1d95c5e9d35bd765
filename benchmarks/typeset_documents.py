"""Documents that Typst makes, in the layouts of papers and books: `pip install --group bench`."""

from __future__ import annotations

import importlib.util
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.document_texts import Section, sentences


def has_typst() -> bool:
    return importlib.util.find_spec("typst") is not None


def paper(parts: Sequence[Section], abstract: str = "", *, formulas: bool = False) -> bytes:
    """Two columns, justified and hyphenated, with headers, footnotes, a figure and references."""
    source = [
        '#set page(paper: "a4", columns: 2, numbering: "1", header: [Journal of Harbours 12 (2026)])',
        '#set text(size: 10pt, hyphenate: true, lang: "en")',
        "#set par(justify: true, first-line-indent: 1em)",
        "#set heading(numbering: none)",
        '#place(top + center, scope: "parent", float: true)[#text(17pt)[Breakwaters of the northern sea]',
        "",
        "Ann Example, Bo Sample",
        *(["", "#text(9pt)[*Abstract*]", "", f"#text(9pt)[{abstract}]"] if abstract else []),
        "]",
    ]
    for number, part in enumerate(parts):
        source += ["", f"= {part.heading}", ""]
        for index, text in enumerate(part.paragraphs):
            note = f"#footnote[{sentences(1, 500 + number)[0]}]" if index == 1 else ""
            formula = " The ratio is $sum_(i=1)^n x_i / y_i$ here." if formulas and index == 2 else ""
            source += [text[:-1] + "." + note + formula, ""]
        if number == 1:
            source += [
                "#figure(rect(width: 5cm, height: 2cm), caption: [Boats in each year.])",
                "",
            ]
    source += ["= References", "", *(f"[{n}] A. Author, {sentences(1, 800 + n)[0]}\n" for n in range(1, 9))]
    return _compile("\n".join(source))


def book(parts: Sequence[Section]) -> bytes:
    """One column, paragraphs by indentation, page numbers, chapters on new pages."""
    source = [
        '#set page(width: 14cm, height: 21cm, numbering: "1")',
        '#set text(size: 11pt, hyphenate: true, lang: "en")',
        "#set par(justify: true, first-line-indent: 1.2em, spacing: 0.65em)",
    ]
    for part in parts:
        source += ["#pagebreak(weak: true)", f"= {part.heading}", ""]
        source += [line for text in part.paragraphs for line in (text, "")]
    return _compile("\n".join(source))


def _compile(source: str) -> bytes:
    import typst

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "document.typ")
        file.write_text(source, "utf-8")
        made: bytes = typst.compile(str(file))
        return made
