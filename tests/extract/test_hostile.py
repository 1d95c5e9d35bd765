"""Every input gives an article or a refusal, and the next page is still extracted correctly."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.models import Article, NotArticle, Page
from bot.extract import extract
from bot.extract.readers import CleanPage, ReaderCache
from tests.extract.conftest import DATA, saved_page

WORDS = b"<p>The harbour council decided to keep the old lighthouse and the small museum next to it.</p>"
PAGES = {
    "two megabytes": b"<html><body>" + WORDS * 20_000 + b"</body></html>",
    "attributes": b"<p " + b" ".join(b"a%d=1" % n for n in range(100_000)) + b">" + WORDS,
    "nested tags": b"<div>" * 200_000 + WORDS * 9,
    "nested inline": b"<b>" * 50_000 + WORDS * 9,
    "empty": b"",
    "blank": b" \n\t ",
    "null bytes": b"\0" * 100_000,
    "nulls among words": b"\0".join([WORDS] * 9),
    "one long line": b"<p>" + b"x" * 1_000_000,
    "no spaces": "我" * 200_000 + "<p>",
    "json": b'{"a": [' + b"1," * 1000 + b"2]}",
    "deep json": b"[" * 100_000,
    "pdf": b"%PDF-1.7\n" + b"\xe2\xe3\xcf\xd3" * 1000,
    "image": b"\x89PNG\r\n\x1a\n" + b"\0" * 1000,
    "gzip": gzip.compress(WORDS * 9, mtime=0),
    "broken utf-8": WORDS * 4 + b"\xff\xfe\xc3\x28" * 50 + WORDS * 4,
    "surrogates": b"<p>&#xD800;&#x0;&#x1F600;&#99999999;</p>" + WORDS * 8,
    "json-ld": b'<script type="application/ld+json">' + b'{"@graph":' * 5000 + b"</script>" + WORDS * 9,
    "odd json-ld": b'<script type="application/ld+json">{"@type":[1,null],"author":{"name":[]},'
    b'"datePublished":7}</script>' + WORDS * 9,
    "unclosed": b"<article><p>" + b"word <a href='" * 2000,
    "css": b"<style>" + b"@media{{{" * 20_000 + b"</style>" + WORDS * 9,
}


@pytest.mark.parametrize("name", PAGES)
def test_the_result_is_an_article_or_a_refusal(name: str) -> None:
    content = PAGES[name]
    content = content.encode() if isinstance(content, str) else content
    assert isinstance(extract(Page("https://a.example/2026/story", content)), Article | NotArticle)
    assert isinstance(extract(saved_page(DATA / "articles" / "layout-divs.html")), Article)


@pytest.mark.parametrize("url", ["", "not a url", "http://[::1", "https://a.example/\0", "javascript:1"])
def test_invalid_urls(url: str) -> None:
    assert isinstance(extract(Page(url, WORDS * 9)), Article | NotArticle)


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=400), st.text(max_size=40))
def test_random_bytes_and_types(content: bytes, kind: str) -> None:
    assert isinstance(extract(Page("https://a.example/x", b"<p>" + content, kind)), Article | NotArticle)


def test_a_reader_that_raises_gives_an_empty_result() -> None:
    class Broken:
        name = "precise"

        def extract_text(self, document: CleanPage) -> str:
            raise RuntimeError("broken")

    cache = ReaderCache(CleanPage("https://a.example/", None), (Broken(),))
    result = cache.result_of("precise")
    assert (result.text, result.error) == ("", "RuntimeError: broken")
    assert cache.results == (result,)
