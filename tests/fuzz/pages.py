"""Pages of the tests, damaged: the result is an article or a reason, within the time limit."""

from __future__ import annotations

import gzip
import time
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from bot.core.models import Digest, LengthLimits, NotArticle, Page
from bot.render.sanitize import clean
from bot.summarize.damaged_sentences import is_damaged
from bot.summarize.quotations import Half, half_of_quotation
from bot.workers.digest import digest
from tests.extract.conftest import DATA
from tests.fuzz.target import Target

PAGES = sorted((path.read_bytes() for path in DATA.glob("*/*.html")), key=len)
"""From small to large."""
_MAX_PAGE = 1 << 16
MAX_SECONDS = 20.0
"""The time limit of a worker."""
_HOSTILE_BYTES = (
    *(b"<", b">", b"&", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?xml"),
    *(b"<p>", b"</p>", b"<div>" * 500, b"<b>" * 500, b"</div>" * 50, b"<table><tr><td>", b"<svg><math>"),
    *(b"<script>", b"<style>@media{{{", b"<template>", b"<noscript>", b"<textarea>", b"<title>", b"<select>"),
    *(
        b'<base href="javascript:1">',
        b'<meta charset="utf-16">',
        b'<meta charset="x">',
        b'<html lang="\xc3">',
    ),
    *(b'<script type="application/ld+json">{"@graph":[[[{"@type":"NewsArticle","articleBody":', b"{" * 500),
    *(b'<p hidden style="font-size:0;color:#fff">', b"<a href='http://[::1'>", b"&#xD800;&#0;&#99999999;"),
    *(b"\xe2\x80\xae" * 20, b"\xcc\x81" * 200, b"A" * 5000, b"\xe6\xbc\xa2" * 2000, b"1. 2. 3. " * 200),
)
_edits = st.lists(
    st.tuples(
        st.sampled_from(["cut", "double", "move", "insert", "flip"]),
        st.integers(0, 1 << 16),
        st.integers(0, 1 << 12),
        st.sampled_from(_HOSTILE_BYTES),
    ),
    max_size=8,
)
VALUES = st.fixed_dictionaries(
    {
        "page": st.integers(0, _MAX_PAGE),
        "encoding": st.sampled_from(
            ["", "", "", "cp1251", "koi8-r", "shift_jis", "gb18030", "utf-16", "big5"]
        ),
        "edits": _edits,
        "kind": st.sampled_from(
            ["text/html", "text/html; charset=utf-8", "text/html; charset=koi8-r", "", "text/plain", "x\0"]
        ),
        "method": st.sampled_from(["precis", "lexrank", "lsa", "textrank", "luhn", "kl", "reduction"]),
    }
)


def use_pages(folder: Path) -> None:
    """Damage the pages of a folder (HTML files, also compressed by gzip) instead of those of the tests."""
    files = sorted(path for path in folder.rglob("*") if path.name.endswith((".html", ".html.gz")))
    if not files:
        raise SystemExit(f"{folder} has no HTML files.")
    contents = map(Path.read_bytes, files)
    PAGES[:] = sorted(
        (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data for data in contents), key=len
    )


def page_at(number: int) -> bytes:
    """A page for a number up to 65,536. Small pages cost less and are chosen more often than large ones."""
    return PAGES[int((len(PAGES) - 1) * (number / _MAX_PAGE) ** 2)]


def apply_edits(content: bytes, edits: list[tuple[str, int, int, bytes]]) -> bytes:
    for action, at, size, hostile in edits:
        at %= len(content) + 1
        piece = content[at : at + size]
        content = {
            "cut": content[:at] + content[at + size :],
            "double": content[:at] + piece + content[at:],
            "move": content[at:] + content[:at],
            "insert": content[:at] + hostile + content[at:],
            "flip": content[:at] + bytes(byte ^ 0x80 for byte in piece) + content[at + size :],
        }[action]
    return content


def check(drawn: dict[str, Any]) -> None:
    content = page_at(drawn["page"])
    if drawn["encoding"]:
        content = content.decode("utf-8", "replace").encode(drawn["encoding"], "replace")
    content = apply_edits(content, drawn["edits"])
    page = Page("https://paper.example/2026/story", content, drawn["kind"])
    started = time.process_time()
    result = digest(page, LengthLimits(), drawn["method"])
    assert time.process_time() - started < MAX_SECONDS
    assert isinstance(result, Digest | NotArticle)
    if isinstance(result, Digest):
        sentences = result.summary.sentences
        for at, sentence in enumerate(sentences):
            assert clean(sentence) is not None
            assert not is_damaged(sentence), sentence
            if drawn["method"] == "precis":
                before, after = sentences[max(0, at - 1) : at], sentences[at + 1 : at + 2]
                half = half_of_quotation(sentence, "".join(before), "".join(after))
                assert half is not Half.ONLY, sentence


TARGET = Target("pages", VALUES, check, 8)
