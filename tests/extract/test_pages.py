"""Every page in `tests/data`: the body of an article word for word, the reason for other pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.models import Article, ArticleTrait, NotArticle, Page, ParagraphKind
from bot.core.skip_reasons import SkipReason
from bot.extract import extract
from tests.extract.conftest import DATA, saved_page

ARTICLES = sorted((DATA / "articles").glob("*.html"))
REFUSED = sorted((DATA / "refused").glob("*.html"))


def article(name: str) -> Article:
    found = extract(saved_page(DATA / "articles" / f"{name}.html"))
    assert isinstance(found, Article), found
    return found


@pytest.mark.parametrize("file", ARTICLES, ids=lambda file: file.stem)
def test_the_body_is_extracted_word_for_word(file: Path) -> None:
    found = extract(saved_page(file))
    assert isinstance(found, Article), found
    assert found.text == file.with_suffix(".txt").read_text("utf-8").strip()
    assert len(found.paragraph_kinds) == len(found.text.split("\n\n"))


@pytest.mark.parametrize("file", REFUSED, ids=lambda file: file.stem)
def test_other_pages_are_refused_with_the_right_reason(file: Path) -> None:
    found = extract(saved_page(file))
    assert isinstance(found, NotArticle)
    assert found.reason is SkipReason(file.stem.split(".")[0])


@pytest.mark.parametrize(
    "file", [f for f in ARTICLES if f.stem.startswith("language-")], ids=lambda f: f.stem
)
def test_the_language_is_detected(file: Path) -> None:
    assert article(file.stem).language == file.stem.removeprefix("language-")


def test_headings_items_and_quotations_have_their_kind() -> None:
    found = article("lists-and-quotes")
    kinds = dict(zip(found.text.split("\n\n"), found.paragraph_kinds, strict=True))
    assert kinds["What is still to do"] is ParagraphKind.HEADING
    assert kinds["The stairs need new railings."] is ParagraphKind.LIST_ITEM
    assert [text[:7] for text, kind in kinds.items() if kind is ParagraphKind.QUOTE] == ["“Nobody"]


def test_the_metadata_is_read() -> None:
    found = article("layout-semantic")
    assert found.title == "Harbour town votes to keep its old lighthouse"
    assert (found.author, found.published, found.site) == (
        "Nora Whitfield",
        "2026-11-18",
        "The Coast Courier",
    )
    assert found.canonical_url == "https://www.coast-courier.example/2026/11/18/layout-semantic"
    assert found.traits == frozenset()


@pytest.mark.parametrize(
    ("name", "trait"),
    [
        ("live-blog", ArticleTrait.LIVE),
        ("opinion", ArticleTrait.OPINION),
        ("press-release", ArticleTrait.PRESS_RELEASE),
    ],
)
def test_traits_are_read_from_the_page(name: str, trait: ArticleTrait) -> None:
    assert article(name).traits == {trait}


def test_an_explanation_names_readers_step_and_dropped_lines() -> None:
    explanation = extract(saved_page(DATA / "articles" / "call-outs.html"), explain=True)
    assert {result.reader for result in explanation.reader_results} >= {"resiliparse"}
    assert explanation.step
    lines = "\n".join(explanation.to_lines())
    assert "resiliparse: " in lines
    assert f"step: {explanation.step}: " in lines
    assert all(f"dropped ({drop.rule}): " in lines for drop in explanation.dropped)


def test_an_explanation_names_the_link_lines_that_were_dropped() -> None:
    page = (DATA / "articles" / "layout-semantic.html").read_text("utf-8")
    first, _, rest = page.partition("</p>\n<p>Repairs")
    assert rest
    linked = f'{first}</p>\n<p><a href="/r">See our rating.</a></p>\n<p>Repairs{rest}'
    explanation = extract(
        Page("https://www.coast-courier.example/2026/11/18/a", linked.encode()), explain=True
    )
    assert "dropped (link): See our rating." in explanation.to_lines()


def test_a_refusal_has_an_explanation() -> None:
    explanation = extract(Page("https://a.example/x", b"{}", "application/json"), explain=True)
    assert explanation.to_lines() == [
        "refused: The link leads to a file that is not a web page, a PDF file or a text. (application/json)"
    ]


def test_strictness_changes_the_threshold_of_the_gate() -> None:
    page = saved_page(DATA / "refused" / "collection.shop.html")
    assert isinstance(extract(page, strictness="lenient"), Article)
    assert isinstance(extract(page, strictness="strict"), NotArticle)
