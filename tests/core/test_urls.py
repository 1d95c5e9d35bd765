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


SAME = {
    "tracking": "https://paper.example/a?id=7&mtm_campaign=x&srsltid=2&at_medium=rss&share_id=1&CMP=tw&fb_ref=1",
    "gifts": "https://paper.example/a?gift=x&accessToken=y&id=7&shareToken=z",
    "the pair of a share": "https://paper.example/a?st=k3&id=7&reflink=article_copyURL_share",
    "dots": "https://paper.example/b/./../a?id=7",
    "escapes in upper case": "https://paper.example/%61?id=%37",
    "empty parameters": "https://paper.example/a?&id=7&",
    "a redirect service": "https://www.google.com/url?q=https%3A%2F%2Fpaper.example%2Fa%3Fid%3D7",
    "an AMP cache": "https://paper-example.cdn.ampproject.org/c/s/paper.example/a?id=7&amp_gsa=1",
}


@pytest.mark.parametrize("link", SAME.values(), ids=SAME)
def test_what_does_not_change_the_article_is_left_out(link: str) -> None:
    assert normalized_url(link) == "paper.example/a?id=7"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://bücher.example/a", "https://xn--bcher-kva.example/a"),
        ("https://BÜCHER.example./a", "https://www.bücher.example/a"),
        ("https://почта.рф/а", "https://xn--80a1acny.xn--p1ai/%d0%b0"),
        ("https://faß.example/", "https://xn--fa-hia.example"),
        ("https://a.example/%7Eme/x%20y", "https://a.example/~me/x y"),
        ("https://a.example/a%2Cb(c)", "https://a.example/a,b%28c%29"),
        ("https://a.example/?q=a+b", "https://a.example/?q=a%20b"),
        ("https://a.example/?b=%e4%b8%ad&a=1", "https://a.example/?a=1&b=中"),
        ("https://a.example/?c=3&a=1&b=2", "https://a.example/?b=2&c=3&a=1"),
    ],
)
def test_two_spellings_of_one_link(one: str, other: str) -> None:
    assert normalized_url(one) == normalized_url(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example/a%2Fb", "https://a.example/a/b"),
        ("https://a.example/?a=1%262", "https://a.example/?a=1&2"),
        ("https://a.example/?a=1&a=2", "https://a.example/?a=2&a=1"),
        ("https://a.example/?q=a%2Bb", "https://a.example/?q=a+b"),
        ("https://a.example/?st=1", "https://a.example/?st=2"),
        ("https://a.example/a%2520b", "https://a.example/a%20b"),
        ("https://a.example/?id=1", "https://a.example/?ID=1"),
        ("https://ä.example/", "https://a.example/"),
        ("https://a.example/?ref=main", "https://a.example/"),
    ],
)
def test_links_that_may_lead_to_two_pages(one: str, other: str) -> None:
    assert normalized_url(one) != normalized_url(other)


def test_the_key_of_a_page_keeps_what_opens_it() -> None:
    link = "https://paper.example/a?utm_source=x&unlocked_article_code=1.x"
    assert normalized_url(link) == "paper.example/a"
    assert normalized_url(link, keep_access=True) == "paper.example/a?unlocked_article_code=1.x"


@given(st.text())
def test_a_normalized_link_stays_as_it_is(text: str) -> None:
    once = normalized_url(f"https://site.example/{text}")
    assert normalized_url(f"https://{once}") == once


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
