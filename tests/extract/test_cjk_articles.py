"""Articles in Japanese, Chinese and Korean are kept as often as the same articles in English.

All are built in the same layouts: of a newspaper, of a plain blog and of a portal.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import cache
from html import escape
from statistics import fmean

import pytest

from bot.core.models import Article, Page
from bot.extract import extract
from bot.extract.article_gate import MIN_ARTICLE_PROBABILITY
from bot.extract.explanation import Explanation
from tests.extract.conftest import DATA

ARTICLES = tomllib.loads((DATA / "cjk_articles.toml").read_text("utf-8"))["article"]
LANGUAGES = ("ja", "zh", "ko")


def newspaper(title: str, text: str, lang: str) -> str:
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><title>{title}</title><meta charset="utf-8">'
        f'<meta property="og:type" content="article"><meta property="og:title" content="{title}">'
        '<meta property="article:published_time" content="2026-10-02T08:00"></head><body><header><nav>'
        '<ul><li><a href="/1">1</a></li><li><a href="/2">2</a></li></ul></nav></header><main><article>'
        f'<h1>{title}</h1><div class="article-body">{text}</div></article></main></body></html>'
    )


def blog(title: str, text: str, lang: str) -> str:
    return (
        f'<html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title></head><body><div>'
        f'<div class="post"><h2>{title}</h2><div class="entry">{text}</div></div><div class="side"><ul>'
        '<li><a href="/a">2026-09</a></li><li><a href="/b">2026-08</a></li></ul></div></div></body></html>'
    )


def portal(title: str, text: str, lang: str) -> str:
    cards = "".join(
        f'<div class="card"><a href="/n/{number}"><img src="/{number}.jpg"><h3>{title}</h3></a></div>'
        for number in range(8)
    )
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><title>{title}</title><meta charset="utf-8">'
        f'<meta property="og:type" content="website"></head><body><div class="top"><form><input name="q">'
        f'<button>Q</button></form></div><div class="main"><h1>{title}</h1><p class="info">2026-10-02</p>'
        f'<div id="content">{text}</div></div><div class="list">{cards}</div></body></html>'
    )


LAYOUTS = {"newspaper": newspaper, "blog": blog, "portal": portal}
ADDRESSES = {"newspaper": "2026/10/31877", "blog": "2026/10/a1b2", "portal": "n/view.html?id=31877"}


@cache
def read(number: int, layout: str) -> Explanation:
    article = ARTICLES[number]
    build: Callable[[str, str, str], str] = LAYOUTS[layout]
    text = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in article["paragraphs"])
    html = build(escape(article["title"]), text, article["lang"])
    url = f"https://www.lanby-post.example/{ADDRESSES[layout]}"
    return extract(Page(url, html.encode(), "text/html; charset=utf-8"), explain=True)


def probabilities(*languages: str) -> list[float]:
    found = [
        read(number, layout).article_probability
        for number, article in enumerate(ARTICLES)
        for layout in LAYOUTS
        if article["lang"] in languages
    ]
    return [probability for probability in found if probability is not None]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("number", range(len(ARTICLES)), ids=lambda number: ARTICLES[number]["title"][:12])
def test_an_article_is_kept_word_for_word(number: int, layout: str) -> None:
    explanation = read(number, layout)
    assert isinstance(explanation.result, Article), explanation.to_lines()
    assert explanation.result.text.split("\n\n") == ARTICLES[number]["paragraphs"]


def test_there_are_enough_pages_to_compare() -> None:
    assert len(probabilities(*LANGUAGES)) >= 30
    assert len(probabilities("en")) >= 30


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("minimum", sorted({*MIN_ARTICLE_PROBABILITY.values(), 0.3, 0.4}))
def test_articles_are_kept_as_often_as_english_ones(language: str, minimum: float) -> None:
    def kept(*languages: str) -> float:
        return fmean(probability >= minimum for probability in probabilities(*languages))

    assert kept(language) >= kept("en")
