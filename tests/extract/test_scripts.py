"""Articles in scripts without spaces or without capital letters are found as whole as those in others."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from html import escape

import pytest

from bot.core.models import Article, Page
from bot.extract import extract
from tests.extract.conftest import DATA

ARTICLES = tomllib.loads((DATA / "script_articles.toml").read_text("utf-8"))["article"]


def menu(around: list[str]) -> str:
    return (
        "<ul>" + "".join(f'<li><a href="/{n}">{one}</a></li>' for n, one in enumerate(around[:2])) + "</ul>"
    )


def paper(title: str, text: list[str], around: list[str]) -> str:
    return (
        f"<header><nav>{menu(around)}</nav></header><main><article><h1>{title}</h1>"
        f"{''.join(text)}</article><aside>{menu(around)}</aside></main>"
        f"<footer><p>{around[2]}</p></footer>"
    )


def divs(title: str, text: list[str], around: list[str]) -> str:
    return (
        f'<div class="a1">{menu(around)}</div><div class="b2"><h2>{title}</h2><div class="b3">'
        f'{"".join(text)}</div></div><div class="page-footer">{menu(around)}<div>{around[2]}</div></div>'
    )


def letter_inside(title: str, text: list[str], around: list[str]) -> str:
    box = f'<div class="newsletter-box"><p>{around[3]}</p><input type="email"></div>'
    return (
        f"<main><h1>{title}</h1><div class='story'>{''.join(text[:2])}{box}{''.join(text[2:])}</div></main>"
        f"<footer>{menu(around)}</footer>"
    )


def cards_after(title: str, text: list[str], around: list[str]) -> str:
    cards = "".join(
        f'<div class="card"><a href="/{n}"><img src="/{n}.jpg"><h3>{one}</h3></a></div>'
        for n, one in enumerate(around[:2] * 3)
    )
    return f'<article><h1>{title}</h1>{"".join(text)}</article><section class="grid">{cards}</section>'


def line_breaks(title: str, text: list[str], around: list[str]) -> str:
    lines = "<br><br>".join(one.removeprefix("<p>").removesuffix("</p>") for one in text)
    return f"<table><tr><td>{menu(around)}</td><td><h1>{title}</h1><div>{lines}</div></td></tr></table>"


LAYOUTS = [paper, divs, letter_inside, cards_after, line_breaks]


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article["lang"])
def test_the_whole_article_and_nothing_else(
    article: dict[str, list[str]], layout: Callable[[str, list[str], list[str]], str]
) -> None:
    text = [f"<p>{escape(paragraph)}</p>" for paragraph in article["paragraphs"]]
    html = (
        f'<!DOCTYPE html><html lang="{article["lang"]}"><head><meta charset="utf-8">'
        f'<title>{article["title"]}</title><meta property="og:type" content="article"></head>'
        f"<body>{layout(str(article['title']), text, article['around'])}</body></html>"
    )
    url = f"https://www.lanby-post.example/2026/10/{layout.__name__}"
    found = extract(Page(url, html.encode(), "text/html; charset=utf-8"), strictness="lenient")
    assert isinstance(found, Article), found
    assert found.text.split("\n\n") == article["paragraphs"]
