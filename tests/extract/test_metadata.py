"""Title, author, date and site are found where pages put them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.extract.html_tree import parse_html
from bot.extract.meta_tags import read_meta_tags
from bot.extract.metadata import Metadata, read_metadata

URL = "https://www.shore-gazette.example/2026/otter-returns"


def read(body: str = "", head: str = "", lang: str = "en", url: str = URL) -> Metadata:
    root = parse_html(f"<html lang={lang}><head>{head}</head><body>{body}</body></html>")
    assert root is not None
    return read_metadata(root, read_meta_tags(root, url), url)


def linked_data(*objects: dict[str, Any]) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@graph": objects})}</script>'


def test_references_in_json_ld_are_followed() -> None:
    article = {
        "@type": "NewsArticle",
        "author": [{"@id": "#p1"}, {"@id": "#p2"}],
        "publisher": {"@id": "#o"},
        "isPartOf": {"@type": "WebPage", "about": {"@id": "#p2", "@type": "Person", "name": "Ola Vik"}},
    }
    person = {"@type": "Person", "@id": "#p1", "name": "Mira Sand"}
    publisher = {"@type": "Organization", "@id": "#o", "name": "Shore Gazette"}
    found = read(head=linked_data(article, person, publisher))
    assert (found.author, found.site) == ("Mira Sand, Ola Vik", "Shore Gazette")


def test_a_reference_to_nothing_is_no_author() -> None:
    assert read(head=linked_data({"@type": "Article", "author": {"@id": "#gone"}})).author is None


@pytest.mark.parametrize(
    ("body", "author"),
    [
        ("<p class=byline>Posted byMira Sand</p>", "Mira Sand"),
        ("<div class=author><b>Mira Sand</b><i>Marketing Manager</i></div>", "Mira Sand"),
        ("<div class=author-name>Mira SandSenior Editor</div>", "Mira Sand"),
        ("<p class=byline>Written by <a>Mira Sand</a> and <a>Ola Vik</a></p>", "Mira Sand, Ola Vik"),
        ("<p class=byline>Von Mira Sand | 5. November 2026</p>", "Mira Sand"),
        ("<p class=byline>Par <span>Léa du Pré</span>, à Lanby</p>", "Léa du Pré"),
        ("<span class=author>Author: Mira McTavish</span>", "Mira McTavish"),
        ("<div><span>By Mira Sand</span></div>", "Mira Sand"),
        ("<form><label class=author>Your Name</label></form>", None),
        ("<p class=author>262588213843476</p>", None),
        ("<figure><figcaption class=author>Photo: Ola Vik</figcaption></figure>", None),
        ("<span class=author>Photo by Ola Vik</span>", None),
        ("<div class=comments><b class=author>Ola Vik</b></div>", None),
        ("<p>By the time they arrived it was dark</p>", None),
        ("<span class=author>Read More</span>", None),
        ("<div class=responsive><span class=author>Mira Sand</span></div>", "Mira Sand"),
        ("<div>By: <a href=/people/7>Mira Sand</a></div>", "Mira Sand"),
        ("<p>by <span>MIRA SAND</span></p>", "MIRA SAND"),
        ("<h3>Author</h3><p> Mira B. Sand</p><p>She fishes.</p>", "Mira B. Sand"),
        ("<h2>Article by</h2><div>Ola Vik</div>", "Ola Vik"),
        ("<p>Von: <b>Ola Vik</b></p>", "Ola Vik"),
        ("<a href='/blog/authors/ola-vik'><i></i>Ola Vik</a>", "Ola Vik"),
        ("<a href=/author/1/>Ola Vik</a><ul><li><a href=/author/2/>Mira Sand</a></ul>", None),
        ("<span class=author>By the tide team</span>", "the tide team"),
        ("<span class=author>otters</span>", None),
        ("<b class=author_name>ibby</b>", "ibby"),
        ("<footer><p>By <a>Mira Sand</a></p></footer>", None),
        ("<ul class=related><li>By <a>Mira Sand</a></ul>", None),
        ("<p>By</p><p>Wednesday it was over.</p>", None),
    ],
)
def test_the_author_of_a_byline(body: str, author: str | None) -> None:
    assert read(body).author == author


@pytest.mark.parametrize(
    "head",
    [
        linked_data({"@type": "Article", "author": {"@type": "Organization", "name": "Shore Gazette"}}),
        linked_data(
            {
                "@type": "Article",
                "author": [
                    {"@type": "Organization", "name": "Tide Group"},
                    {"@type": "Person", "name": "Mira Sand"},
                ],
            }
        ),
        "<meta name=author content=msand77>",
        "<meta property=og:site_name content='Shore Gazette'><meta name=author content='Shore Gazette'>",
        "<meta name=author content='info@shore.example'>",
        "<meta name=twitter:label1 content='Written by'><meta name=twitter:data1 content='Mira Sand'>",
    ],
)
def test_persons_come_before_organisations_accounts_and_the_site(head: str) -> None:
    assert read("<p class=byline>By Mira Sand</p>", head).author == "Mira Sand"


def test_an_organisation_is_the_author_if_nobody_else_is() -> None:
    author = {"@type": "Organization", "name": "Tide Group"}
    assert read(head=linked_data({"@type": "Article", "author": author})).author == "Tide Group"


@pytest.mark.parametrize(
    "body",
    [
        "<header><h1><a href='/'>Notes from the Shore</a></h1></header><h2>The otter returns</h2>",
        "<h1 class=site-title>Notes from the Shore</h1><article><h1>The otter returns</h1></article>",
        "<h1><a href='https://www.shore-gazette.example'>Notes from the Shore</a></h1>",
        "<nav><h1>Notes from the Shore</h1></nav>",
        "<h1>Shore Gazette</h1><h1>The otter returns</h1>",
    ],
)
def test_the_name_of_the_site_is_not_the_title(body: str) -> None:
    head = (
        "<title>The otter returns | Notes from the Shore</title>"
        "<meta property=og:title content='The otter returns'>"
    )
    assert read(body, head).title == "The otter returns"


def test_the_headline_of_the_page_comes_before_the_title_for_search_engines() -> None:
    head = "<title>Otter sightings 2026: harbour of Lanby | Shore Gazette</title>"
    body = "<h1>After forty years the otter is back in Lanby harbour</h1>"
    assert read(body, head).title == "After forty years the otter is back in Lanby harbour"


@pytest.mark.parametrize(
    ("head", "body", "lang"),
    [
        ("<meta property=article:published_time content='5 listopada 2026, 10:00'>", "", "pl"),
        ("<meta name=date content='November 5, 2026'>", "", "en"),
        ("<meta name=dc.date content='5 de noviembre de 2026'>", "", "es"),
        ("<meta name=published content='Thursday, 5 Nov 2026'>", "", "en"),
        ("<meta itemprop=datePublished content='5. marraskuuta 2026'>", "", "fi"),
        ("", "<h1>Otter</h1><div>Published</div><div>November 5, 2026</div>", "en"),
        ("", "<h1>Утро</h1><span>Обновлено 5 ноября 2026</span>", "ru"),
        ("<meta property=article:modified_time content='2026-11-05T10:00:00Z'>", "", "en"),
    ],
)
def test_a_date_in_words_is_read(head: str, body: str, lang: str) -> None:
    assert read(body, head, lang, "https://shore.example/otter").published == "2026-11-05"


@pytest.mark.parametrize(
    "body",
    [
        "<p>November 5, 2026 - 11 minutes</p><h1>Otter</h1><div>Ola Vik - 2025-01-02</div>",
        "<h2>Otter</h2><div><small>November 5, 2026</small></div>",
        "<h1>Otter</h1><p>November 5, 2026</p>",
    ],
)
def test_a_line_at_the_headline_that_is_only_a_date_is_read(body: str) -> None:
    assert read(body, url="https://shore.example/otter").published == "2026-11-05"


@pytest.mark.parametrize("name", ["w-published-date", "publication_date", "og:pubdate"])
def test_a_meta_element_of_another_name_for_the_date_is_read(name: str) -> None:
    head = f"<meta name='{name}' content='2026-11-05T06:03:43.274Z'>"
    assert read(head=head, url="https://shore.example/otter").published == "2026-11-05"


@pytest.mark.parametrize(
    ("body", "url", "day"),
    [
        ("<time datetime=2026-11-06T02:41:41Z>November 5, 2026</time>", "/otter", "2026-11-05"),
        ("", "/2026/11/05/otter", "2026-11-05"),
        ("<time datetime=2026-11-06T02:41:41Z>November 6, 2026</time>", "/2026/11/05/otter", "2026-11-06"),
        ("<time>November 15, 2026</time>", "/otter", "2026-11-06"),
        ("", "/2025/11/06/otter", "2026-11-06"),
    ],
)
def test_the_day_is_the_one_that_people_see(body: str, url: str, day: str) -> None:
    head = "<meta property=article:published_time content='2026-11-06T02:41:41+00:00'>"
    assert read(body, head, url=f"https://shore.example{url}").published == day


def test_a_date_in_a_sentence_is_not_that_of_the_page() -> None:
    body = "<h1>Otter</h1><p>The last one had been seen on 5 November 1986 near the pier.</p>"
    assert read(body, url="https://shore.example/otter").published is None


@pytest.mark.parametrize(
    ("declared", "wanted"),
    [
        ("fil", "tl"),
        ("nob-NO", "nb"),
        ("deu", "de"),
        ("spa_MX", "es"),
        ("pt-BR", "pt"),
        ("zxx", ""),
        ("", ""),
    ],
)
def test_the_declared_language_is_an_iso_639_1_code(declared: str, wanted: str) -> None:
    root = parse_html(f'<html lang="{declared}"><body><p>Text</p></body></html>')
    assert root is not None
    assert read_meta_tags(root, URL).lang == wanted
