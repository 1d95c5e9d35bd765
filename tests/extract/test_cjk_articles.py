"""Articles in Japanese, Chinese and Korean are kept, in the layout of a newspaper and of a plain blog."""

from __future__ import annotations

import tomllib
from html import escape
from typing import Any

import pytest

from bot.core.models import Article, Page
from bot.extract import extract
from tests.extract.conftest import DATA

ARTICLES = tomllib.loads((DATA / "cjk_articles.toml").read_text("utf-8"))["article"]

SAFE = 0.6
"""Well above the thresholds of the gate: English articles in these layouts score .7 to .8."""


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


@pytest.mark.parametrize("layout", [newspaper, blog])
@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article["title"][:12])
def test_an_article_is_kept_by_the_gate(article: dict[str, Any], layout: Any) -> None:
    text = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in article["paragraphs"])
    html = layout(escape(article["title"]), text, article["lang"])
    address = "https://www.lanby-post.example/2026/10/" + ("a1b2" if layout is blog else "31877")
    explanation = extract(Page(address, html.encode(), "text/html; charset=utf-8"), explain=True)
    found = explanation.result
    assert isinstance(found, Article), explanation.to_lines()
    assert found.text.split("\n\n") == article["paragraphs"]
    assert explanation.article_probability is not None
    assert explanation.article_probability >= SAFE
