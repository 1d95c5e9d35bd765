"""Title, author, date and site are found where pages put them."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from bot.extract.html_tree import parse_html
from bot.extract.meta_tags import read_meta_tags
from bot.extract.metadata import Metadata, read_metadata
from bot.extract.page_elements import PageElements

URL = "https://www.shore-gazette.example/2026/otter-returns"


def read(body: str = "", head: str = "", lang: str = "en", url: str = URL) -> Metadata:
    root = parse_html(f"<html lang={lang}><head>{head}</head><body>{body}</body></html>")
    assert root is not None
    return read_metadata(PageElements(root), read_meta_tags(PageElements(root), url), url)


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
        ("<p>Article written by:</p><h3>Mira Sand, MD, PhD</h3>", "Mira Sand"),
        ("<p>This post was written by Mira Sand, Head of Tides at Lanby</p>", "Mira Sand"),
        ("<p>Contributors: <b>Mira Sand</b></p>", "Mira Sand"),
        ("<p>Autores: <b>Mira Sand</b></p>", "Mira Sand"),
        ("<b>Author(s)</b><ul><li><a>Mira Sand</a></li></ul>", "Mira Sand"),
        ("<p>Авторы: <b>Мира Санд</b></p>", "Мира Санд"),
        ("<p>Redakteurin: <b>Mira Sand</b></p>", "Mira Sand"),
        ("<p>by <a href=/author/ibby/>ibby</a></p>", "ibby"),
        ("<p>par <a rel=author href=/u/7>ibby</a></p>", "ibby"),
        ("<p>by <a href=/tags/sea>otters</a></p>", None),
        ("<div class=creator-name>Newsdesk</div>", "Newsdesk"),
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


def test_a_list_of_authors_that_is_too_long_is_cut_between_names() -> None:
    names = [f"Mira {name} Sandholm-Vik" for name in ("Ada", "Bo", "Cleo", "Dag", "Eli", "Finn", "Gro")]
    found = read(head=f"<meta name=author content='{', '.join(names)}'>").author
    assert found == ", ".join(names[:4])


def test_a_citation_with_the_surname_first_is_turned_around() -> None:
    assert read(head="<meta name=citation_author content='Sand, Mira B.'>").author == "Mira B. Sand"


@pytest.mark.parametrize(
    ("stated", "body", "author"),
    [
        ("Ola Vik", "<p>By: Mira Sand</p>", "Mira Sand"),
        ("Ola Vik", "<p class=byline>Von Mira Sand</p>", "Mira Sand"),
        ("Ola Vik", "<p>Par : <b>Mira Sand</b></p>", "Mira Sand"),
        ("Ola Vik", "<p>By Mira Sand</p><p>Ola  Vik has been here before.</p>", "Ola Vik"),
        ("Ola Vik", "<p class=byline>By OLA VIK and Mira Sand</p>", "Ola Vik"),
        ("Ola Vik", "<p>The otter came by night.</p>", "Ola Vik"),
    ],
)
def test_a_stated_author_that_is_never_shown_gives_way_to_the_byline(
    stated: str, body: str, author: str
) -> None:
    assert read(body, f"<meta name=author content='{stated}'>").author == author


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
    ("title", "headings", "wanted"),
    [
        # the same heading twice, for two widths of the screen
        (
            "Otter sightings of Lanby",
            "<h1>Lanby otter: sightings grow</h1>" * 2,
            "Lanby otter: sightings grow",
        ),
        # of several headings, the one that has most in common with the title
        (
            "Where otters live in Lanby",
            "<h1>In Lanby the otters live under the quay</h1><h1>More about otters and Lanby</h1>",
            "In Lanby the otters live under the quay",
        ),
        ("Rund um den Otter in Lanby", "<h1>Otter in Lanby</h1><h1>Karte von Lanby</h1>", "Otter in Lanby"),
        # the address has the words of the heading, and the title others
        ("Sightings 12 / 2026", "<h1>The otter returns for good</h1>", "The otter returns for good"),
        ("Avistamientos 2026", "<h1>The otter returns, por fin</h1>", "The otter returns, por fin"),
        # a page that is one form, an aside that is never closed
        ("Otter News 1", "<form><main><h1>Otter News from Lanby</h1></main></form>", "Otter News from Lanby"),
        ("Otter News 1", "<aside><article><h1>Otter News from Lanby</h1></article>", "Otter News from Lanby"),
        ("Otter News 1", "<aside><h1>Otter News from Lanby</h1></aside>", "Otter News 1"),
        # the title is a lower heading, and the sections are of the first level
        (
            "What do otters love?",
            "<h2>What do otters love?</h2><h1>What otters love is the cold of Lanby</h1>",
            "What do otters love?",
        ),
        ("Otters of Lanby", "<h1>Blog</h1>", "Otters of Lanby"),
    ],
)
def test_the_heading_that_says_the_same_as_the_title(title: str, headings: str, wanted: str) -> None:
    url = "https://www.shore-gazette.example/2026/the-otter-returns"
    assert read(headings, f"<title>{title}</title>", url=url).title == wanted


@pytest.mark.parametrize(
    ("below", "day"),
    [
        ("<p>By Mira Sand</p><p>November 5, 2026</p>", "2026-11-05"),
        ("<p>Mira Sand | Senior Writer | November 5, 2026</p>", "2026-11-05"),
        ("<span>5 Nov 2026 · 4 min</span>", "2026-11-05"),
        ("<time datetime=2026-11-05T12:00:00Z>11/05/2026</time>", "2026-11-05"),
        ("<p>Updated November 5, 2026</p>", "2026-03-02"),
        ("<p>Last updated:</p><p>November 5, 2026</p>", "2026-03-02"),
        ("<p>Aktualisiert am</p><p>5. November 2026</p>", "2026-03-02"),
        ("<p>Mis à jour le 5 novembre 2026</p>", "2026-03-02"),
        ("<p>Actualizado: 5 de noviembre de 2026</p>", "2026-03-02"),
        ("<p>最終更新 2026年11月5日</p>", "2026-03-02"),
        ("<p>Обновлено 5 ноября 2026</p>", "2026-03-02"),
        # after the last change that the page states: an event, or a clock
        ("<p>December 24, 2026</p>", "2026-03-02"),
        # far below, in a table
        ("<p>Tide</p>" * 20 + "<table><tr><td>January 1, 2026</table>", "2026-03-02"),
    ],
)
def test_a_date_beside_the_headline_is_that_of_the_article_unless_it_is_of_an_update(
    below: str, day: str
) -> None:
    head = (
        "<meta property=article:published_time content='2026-03-02T10:00:00Z'>"
        "<meta property=article:modified_time content='2026-11-09T10:00:00Z'>"
    )
    assert read(f"<h1>Otter</h1>{below}", head, url="https://shore.example/otter").published == day


@pytest.mark.parametrize(
    ("body", "day"),
    [
        ("<p>May 1, 2026</p><p>June 1, 2026</p><h1>Otter</h1><p>July 1, 2026</p>", "2026-07-01"),
        ("<h1>Otter</h1><p>Updated July 1, 2026</p><p class=date>May 1, 2020</p>", "2026-07-01"),
        ("<p class=meta>Tides</p>" * 15 + "<p class=pub-dates>July 1, 2026</p>", "2026-07-01"),
        ("<h1>Otter</h1><p>25/7/2026</p>", "2026-07-25"),
    ],
)
def test_the_dates_of_other_articles_are_not_taken(body: str, day: str) -> None:
    assert read(body, url="https://shore.example/otter").published == day


def test_a_date_of_publication_comes_before_a_time_of_publication() -> None:
    head = (
        "<meta name=published-time content='2026-11-09T08:45:32Z'>"
        "<meta name=published-date content=2021-02-16>"
    )
    assert read(head=head, url="https://shore.example/otter").published == "2021-02-16"


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
    assert read_meta_tags(PageElements(root), URL).lang == wanted


@pytest.mark.parametrize(
    "element",
    ["<h2>The otter returns</h2>", "<span class=byline>by</span>", "<p class=meta-date>Tide</p>"],
)
def test_the_time_for_a_page_with_very_many_elements_of_a_kind_is_linear(element: str) -> None:
    root = parse_html(f"<html><head><title>Otter</title></head><body>{element * 60_000}</body></html>")
    assert root is not None
    tags = read_meta_tags(PageElements(root), URL)
    before = time.process_time()
    read_metadata(PageElements(root), tags, URL)
    assert time.process_time() - before < 6  # quadratic: 20 to 120 s
