"""Addresses and phrases of search pages and parked domains, and articles that only look like them."""

from __future__ import annotations

import pytest

from bot.core.models import Article, NotArticle, Page
from bot.core.skip_reasons import SkipReason
from bot.extract import extract

STORY = [
    f"On {day} the surveyors of Lanby measured the {thing} again and told the council that it had moved"
    f" by {count} centimetres since the spring, which is more than anybody had expected."
    for day, thing, count in (
        ("Monday", "pier", 3),
        ("Tuesday", "wall", 5),
        ("Wednesday", "tower", 2),
        ("Thursday", "bridge", 7),
    )
]


def read(title: str, url: str, body: str) -> Article | NotArticle:
    page = f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{body}</body></html>"
    return extract(Page(url, page.encode(), "text/html; charset=utf-8"))


def story(*sentences: str) -> str:
    return "".join(f"<p>{paragraph}</p>" for paragraph in (*STORY[:2], *sentences, *STORY[2:]))


@pytest.mark.parametrize(
    ("title", "url"),
    [
        ("How a new index finds old maps", "https://lab.example/products/search/how-a-new-index-finds-maps"),
        ("Le port bouge encore", "https://univ.example/actualites/recherche/le-port-bouge-encore"),
        ("Die Mole wandert", "https://blatt.example/suche/die-mole-wandert?utm_source=feed"),
        ("Résultats du sondage : le quai attendra", "https://gazette.example/a/quai?xtor=RSS-1"),
        ("Search continues for the missing boat", "https://post.example/2026/boat?fbclid=1"),
        ("Zoekresultaten vervalst, zegt rechter", "https://krant.example/a/77?ref=home"),
    ],
)
def test_a_section_or_a_headline_about_a_search_is_no_search_page(title: str, url: str) -> None:
    assert isinstance(read(title, url, story()), Article)


RESULTS = "".join(
    f'<p><a href="/{n}">Result {n} about the pier of Lanby and its wall</a></p>' for n in range(9)
)


@pytest.mark.parametrize(
    ("title", "url"),
    [
        ("Search results for pier", "https://post.example/?s=pier"),
        ("pier - Post", "https://post.example/search?q=pier"),
        ("Suchergebnisse", "https://blatt.example/suche/?suchbegriff=mole"),
        ("Résultats pour quai", "https://gazette.example/recherche.php?query=quai"),
        ("Post", "https://post.example/search/"),
    ],
)
def test_a_list_of_results_is_refused(title: str, url: str) -> None:
    found = read(title, url, RESULTS)
    assert isinstance(found, NotArticle)
    assert found.reason is SkipReason.SEARCH


@pytest.mark.parametrize(
    "sentence",
    [
        "The firm wrote that this domain is for sale, and that it had found three buyers.",
        "A note on the door said that a website is coming soon and gave no date.",
        "Diese Domain steht zum Verkauf, schrieb der Erbe des Gasthofs.",
        "Un panneau annonçait un site en construction depuis dix ans.",
        "The town bought the parked domain for nine crowns.",
    ],
)
def test_a_sentence_about_a_domain_is_no_parked_domain(sentence: str) -> None:
    assert isinstance(
        read("Surveyors measure the pier", "https://post.example/a/pier", story(sentence)), Article
    )


@pytest.mark.parametrize(
    "body",
    [
        "<h2>This domain is for sale</h2><p>Make an offer today and own lanby.example tomorrow.</p>",
        "<p>Diese Domain steht zum Verkauf. Jetzt Angebot abgeben und den Namen sichern.</p>",
        "<p>Este dominio está en venta. Haga una oferta hoy mismo.</p>",
        "<p>このドメインは販売中です。お気軽にお申し込みください。</p>",
        '<script src="https://c.parkingcrew.net/x.js"></script><p>Related links: boats, piers, ropes.</p>',
    ],
)
def test_a_parked_domain_is_refused(body: str) -> None:
    found = read("lanby.example", "https://lanby.example/a/b", body)
    assert isinstance(found, NotArticle)
    assert found.reason is SkipReason.PARKED
