"""Title, author and date of PDF files."""

from __future__ import annotations

import pytest

from bot.core.models import Article
from tests.extract.documents.pdf_builder import PdfBuilder, wrap
from tests.extract.documents.texts import FIRST, PARAGRAPHS, SECOND, read

TITLE = "Lighthouse stays where it is"


def report(info: dict[str, str], *, heading: str = TITLE, below: str = "") -> Article:
    builder = PdfBuilder(info=info)
    page = builder.page()
    page.text(60, 780, heading, 18, font="F2")
    page.text(60, 750, below or " ")
    page.lines(60, 720, wrap(FIRST, 78))
    page.lines(60, 600, wrap(SECOND, 78))
    return read(builder.build())


@pytest.mark.parametrize(
    "stated",
    [
        "",
        "untitled",
        "Microsoft Word - harbour_v3.docx",
        "harbour-report.pdf",
        "C:\\Users\\ann\\report",
        "PowerPoint Presentation",
        "Slide 1",
        "A template of another office entirely",
    ],
)
def test_a_title_that_is_none_gives_way_to_the_largest_text(stated: str) -> None:
    assert report({"Title": stated}).title == TITLE


def test_the_title_in_the_information_is_taken_if_the_page_has_it() -> None:
    stated = "Lighthouse stays where it is: a report"
    assert (
        report({"Title": stated}, heading="Lighthouse stays: a report", below="where it is").title == stated
    )


def test_a_title_of_two_lines() -> None:
    builder = PdfBuilder()
    page = builder.page()
    page.lines(
        60, 790, ["The lighthouse of the northern", "coast stays where it is"], 18, leading=22, font="F2"
    )
    page.lines(60, 720, wrap(FIRST, 78))
    page.lines(60, 600, wrap(SECOND, 78))
    assert read(builder.build()).title == "The lighthouse of the northern coast stays where it is"


def test_no_title_if_nothing_is_larger_than_the_text() -> None:
    builder = PdfBuilder()
    builder.page().lines(60, 720, wrap(" ".join(PARAGRAPHS), 78))
    assert read(builder.build()).title == ""


@pytest.mark.parametrize(
    ("stated", "below", "author"),
    [
        ("Ann Example", "", "Ann Example"),
        ("Ann Example and Bo Sample", "", "Ann Example and Bo Sample"),
        ("admin", "", None),
        ("user17", "by Ann Example", "Ann Example"),
        ("", "Ann Example, Bo Sample", "Ann Example, Bo Sample"),
        ("", "THE REPORT OF THE YEAR", None),
    ],
)
def test_the_author(stated: str, below: str, author: str | None) -> None:
    assert report({"Author": stated}, below=below).author == author


def test_the_line_of_the_authors_is_not_part_of_the_text() -> None:
    assert "Ann Example" not in report({}, below="Ann Example, Bo Sample").text


@pytest.mark.parametrize(
    ("created", "below", "published"),
    [
        ("D:20240131120000Z", "", "2024-01-31"),
        ("D:20240131120000Z", "Harbour office, 12 March 2023", "2023-03-12"),
        ("D:20249931", "", None),
        ("yesterday", "", None),
        ("", "", None),
    ],
)
def test_the_date(created: str, below: str, published: str | None) -> None:
    assert report({"CreationDate": created}, below=below).published == published
