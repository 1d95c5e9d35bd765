"""Tests of the comparison of links."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.models import Article
from bot.core.urls import article_url, normalized_url, url_hash


@pytest.mark.parametrize(
    "link",
    [
        "http://paper.example/a/b?id=7",
        "https://www.paper.example/a/b/?id=7",
        "HTTPS://Paper.Example.:443/a/b?id=7#comments",
        " https://paper.example/a/b?utm_source=feed&id=7&fbclid=abc&UTM_medium=x ",
    ],
)
def test_all_spellings_of_a_link_have_the_same_key(link: str) -> None:
    assert normalized_url(link) == "paper.example/a/b?id=7"


@pytest.mark.parametrize(
    "other",
    [
        "https://paper.example/a/b?id=8",
        "https://paper.example/a/B?id=7",
        "https://paper.example/a/b",
        "https://blog.paper.example/a/b?id=7",
        "https://paper.example:8443/a/b?id=7",
        "https://paper.example/a/b?id=7#!/next",
    ],
)
def test_different_pages_have_different_hashes(other: str) -> None:
    assert url_hash(other) != url_hash("https://paper.example/a/b?id=7")


@given(st.text())
def test_any_text_has_a_hash(text: str) -> None:
    assert len(url_hash(text)) == 64
    assert len(url_hash(f"https://{text}/")) == 64


@pytest.mark.parametrize(
    ("canonical", "place"),
    [
        ("https://paper.example/boats", "https://paper.example/boats"),
        ("https://www.paper.example/boats", "https://www.paper.example/boats"),
        ("https://paper.example/", "https://m.paper.example/x"),
        ("https://other.example/boats", "https://m.paper.example/x"),
        ("https://notpaper.example/boats", "https://m.paper.example/x"),
        ("http://[", "https://m.paper.example/x"),
        (None, "https://m.paper.example/x"),
    ],
)
def test_a_canonical_url_counts_only_on_the_same_site(canonical: str | None, place: str) -> None:
    article = Article("T", "Text.", "en", 0.9, 100, url="https://m.paper.example/x", canonical_url=canonical)
    assert article_url(article) == place
