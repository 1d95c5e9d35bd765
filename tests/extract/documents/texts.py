"""Invented texts for the documents of these tests, and a reader that returns what a test compares."""

from __future__ import annotations

from bot.core.models import Article, NotArticle, Page, ParagraphKind
from bot.extract import extract
from tests.extract.documents.pdf_builder import PageBuilder, PdfBuilder, wrap

FIRST = (
    "The harbour council decided on Tuesday that the old lighthouse stays where it is, because a survey "
    "found that its walls are sound and that its lamp is still needed by the fishing boats of the "
    "northern coast."
)
SECOND = (
    "Three engineers had climbed the tower in the spring and measured the cracks above the second "
    "window, which had worried the keeper for several years, but none of them was deeper than the width "
    "of a thumb."
)
THIRD = (
    "The repairs will cost about as much as a small boat, the treasurer said, and the money comes from "
    "a fund that the fishermen themselves set up after the great storm of the last century."
)
FOURTH = (
    "Visitors may climb the stairs again from June, when the new railing is finished, and the keeper "
    "has promised to tell each of them the story of the ship that the lamp saved in the winter of the "
    "long frost."
)
PARAGRAPHS = (FIRST, SECOND, THIRD, FOURTH)


def read(content: bytes, kind: str = "application/pdf", url: str = "https://docs.example/report") -> Article:
    found = extract(Page(url, content, kind))
    assert isinstance(found, Article), found
    return found


def refusal(content: bytes, kind: str = "application/pdf") -> NotArticle:
    found = extract(Page("https://docs.example/report", content, kind))
    assert isinstance(found, NotArticle), found
    return found


def paragraphs(article: Article) -> list[str]:
    return article.text.split("\n\n")


def kinds(article: Article) -> list[tuple[ParagraphKind, str]]:
    return list(zip(article.paragraph_kinds, paragraphs(article), strict=True))


def report(*, lines_per_gap: int = 2) -> tuple[PdfBuilder, PageBuilder]:
    """One page with four paragraphs, with white space between them."""
    builder = PdfBuilder()
    page = builder.page()
    y = 760.0
    for paragraph in PARAGRAPHS:
        y = page.lines(60, y, wrap(paragraph, 78)) - 12 * (lines_per_gap - 1)
    return builder, page
