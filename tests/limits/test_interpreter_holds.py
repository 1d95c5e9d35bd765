"""No text of a stranger holds the daemon's interpreter for long.

Each parser that runs in the daemon gets the worst text at its limit. Pages are read in worker processes.
"""

from __future__ import annotations

import gzip
import sys
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from itertools import repeat

import brotli
import httpx2
import pytest

from bot.core.messages import Message, MessageKind
from bot.core.models import Dialect, Post
from bot.core.post_addresses import parse_post_address
from bot.core.single_line import single_line
from bot.core.urls import normalized_url
from bot.core.valid_text import MAX_LENGTH, valid_text
from bot.fetch.content_coding import decompress, zstd
from bot.fetch.cookies import FetchCookies
from bot.fetch.ip_addresses import AddressFilter
from bot.fetch.mime_sniffing import check_first_bytes
from bot.fetch.page_redirects import find_redirect
from bot.fetch.response_head import repaired
from bot.fetch.robots_rules import MAX_BYTES as MAX_ROBOTS
from bot.fetch.robots_rules import parse_rules
from bot.fetch.target_url import Target, parse_link
from bot.inbox.commands.parser import MAX_WORDS_LENGTH, parse_command, says_it_is_a_bot
from bot.inbox.commands.suggestions import find_suggestion
from bot.inbox.message_outcomes import _quote
from bot.inbox.requested_link import find_requested_link
from bot.pipeline.policy import MAX_TITLE_LENGTH
from bot.pipeline.site_matching import domain, shown_sites
from bot.pipeline.text_matching import has_flair, has_phrase
from bot.platforms.json_response import (
    MAX_BYTES_AT_ONCE,
    MAX_VALUES_AT_ONCE,
    ResponseBody,
    parse_json,
)
from bot.platforms.json_shortener import MAX_OUTSIDE_TEXTS
from bot.platforms.text_matching import mentions_handle, mentions_user, same_words
from bot.render.sanitize import sanitize
from bot.rules.moderator_limits import ModeratorLimits
from bot.rules.pasted_text import find_settings_block
from bot.rules.validation import parse_settings
from bot.rules.yaml_lines import MAX_CHARACTERS
from tests.conftest import START, a_post
from tests.fetch.test_robots_rules import WORST
from tests.limits.interpreter import longest_hold

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs the processor time of a thread")

TARGET = 0.05
LIMIT = 3 * TARGET
"""Seconds. The longest measured stretch is below `TARGET`; a slow machine may need more."""


def filled(pattern: str, length: int = MAX_LENGTH) -> str:
    return (pattern * (length // len(pattern) + 1))[:length]


def a_message(text: str) -> Message:
    return Message("main", "1", MessageKind.MENTION, "alice@a.example", text, START)


TEXTS = {
    "letters": filled("a"),
    "words": filled("a "),
    "lines": filled("\n"),
    "polite lines": filled("please\n"),
    "a character that normalization makes 18 of": filled("\ufdfa"),
    "marks": filled("\u0301"),
    "joiners": filled("\u200d"),
    "Markdown": filled("*_"),
    "brackets": filled("["),
    "links": filled("[a](http://"),
    "addresses": filled("http://a.example/%41 "),
    "addresses with brackets": filled("http://("),
    "addresses that are invalid": filled("http://\u2100 "),
    "hosts": filled("www.a "),
    "schemes": filled("a+"),
    "mentions": filled("@a@b.example"),
    "code": filled("`a"),
    "code blocks": filled("```a\n"),
    "quotations": filled("> a\n"),
    "spaces": filled(" "),
    "a long host": "http://" + filled("\ufdfa"),
    "a host of many labels": "http://" + filled("é.") + "com/",
    "one path": "https://a.example/post/" + filled("1."),
}
"""A text of any length is cut at `MAX_LENGTH` when it enters."""
POST: Post = a_post(1)
TEXT_PARSERS: dict[str, Callable[[str], object]] = {
    "command": lambda text: (parse_command(text, text), says_it_is_a_bot(text)),
    "mention": lambda text: (mentions_handle(text, "a@b.examplf"), mentions_user(text, "precis")),
    "read back": lambda text: same_words(text, text),
    "requested link": lambda text: find_requested_link(a_message(text), POST),
    "quoted line": lambda text: _quote(text, Dialect.LEMMY),
    **{each.value: lambda text, each=each: sanitize(text, each) for each in Dialect},
    "settings block": find_settings_block,
    "title": lambda text: [has_phrase(text[:MAX_TITLE_LENGTH], f"word {n}" * 10) for n in range(100)],
    "flair": lambda text: [has_flair(text[:MAX_TITLE_LENGTH], f"word {n}" * 10) for n in range(100)],
    "command or setting": lambda text: parse_command(text, text, private=True),
    "suggestion": lambda text: find_suggestion(text[:MAX_WORDS_LENGTH], is_precise=True),
    "site of a copy": lambda text: shown_sites(text, everywhere=True),
    "address of a post": parse_post_address,
    "address": lambda text: (domain(text), normalized_url(text)),
    "error message": single_line,
}


@pytest.mark.parametrize("parser", TEXT_PARSERS.values(), ids=TEXT_PARSERS)
def test_texts(parser: Callable[[str], object]) -> None:
    held = {name: longest_hold(lambda text=text: parser(text)) for name, text in TEXTS.items()}  # type: ignore[misc]
    assert {name: seconds for name, seconds in held.items() if seconds > LIMIT} == {}


ADDRESSES = AddressFilter(frozenset())
SETTINGS = {
    "unknown keys": "".join(f"k{n}: 1\n" for n in range(2_300)),
    "one key": "words: 1\n" * 2_000,
    "brackets": "a: " + "[" * 19_000,
    "items": "block_domains: [" + "a," * 9_000 + "]",
    "quotes": "a: " + " “a" * 6_000,
    "colons": "a: " + "b: " * 6_000,
}


def parse_chunks(start: bytes, chunk: bytes, count: int) -> None:
    """Parse a list that arrives in chunks, each of which is the same."""
    body = ResponseBody()
    for each in (start, *repeat(chunk, count), b"1]"):
        body.feed(each)
    body.parse()


SENDING_ON = {
    "refresh elements": b'<meta http-equiv=refresh content="60; url=/">',
    "attributes": b"<meta refresh " + b"a=b " * 100,
    "open elements": b"<meta http-equiv=refresh ",
    "open quotes": b"<meta refresh='",
    "scripts": b"<script>location.replace('/a')</script>",
    "open scripts": b"<script>location=",
    "comments": b"<!-- refresh ",
    "no-script": b"<noscript><meta http-equiv=refresh>",
}
HEADERS = {
    "short lines": b"A: b\r\n",
    "folded lines": b"Location: a\r\n b\r\n\tc\r\n",
    "no colon": b"Warning in line 3\n",
    "codings": b"Transfer-Encoding: " + b"chunked," * 500 + b"\r\n",
    "lengths": b"Content-Length: " + b"1," * 2_000 + b"\r\n",
}
COOKIES = [("set-cookie", f"c{n}=" + "a; " * 19) for n in range(50)]
LARGE = b'["' + b"a" * MAX_BYTES_AT_ONCE + b'",'
"""The beginning of a list that is parsed as a large response."""
OBJECT = ",".join(f'"{n:x}":1' for n in range(MAX_VALUES_AT_ONCE // 2 - 10))
OTHERS: dict[str, Callable[[], object]] = {
    "valid text": lambda: valid_text("\ud800" * 3_000_000),
    "JSON: an object": lambda: parse_json(f"{{{OBJECT}}}".encode()),
    "JSON: lists": lambda: parse_json(b"[" + b"[]," * (MAX_VALUES_AT_ONCE // 2 - 9) + b"1]"),
    "JSON: many lists": lambda: parse_json(b"[" + b"[]," * (MAX_BYTES_AT_ONCE // 3 - 9) + b"1]"),
    "JSON: many values in large responses": lambda: parse_chunks(LARGE, b"[]," * 500, 150),
    "JSON: escapes": lambda: parse_json(b'"' + b"\\n" * (MAX_BYTES_AT_ONCE // 2 - 9) + b'"'),
    "JSON: escapes in large texts": lambda: parse_chunks(LARGE, b'"%s",' % (b"\\n" * 25_000), 160),
    "JSON: large texts": lambda: parse_chunks(LARGE, '"{}",'.format("🙂" * 50_000).encode(), 80),
    "JSON: one text": lambda: parse_chunks(b'["', b"a" * 100_000, 200),
    "JSON: escapes in one text": lambda: parse_chunks(b'["', b"\\n" * 50_000, 50),
    "JSON: many texts": lambda: parse_chunks(LARGE, b'"",' * 1_000, 80),
    "JSON: long numbers": lambda: parse_json(b"[" + (b"9" * 4_000 + b",") * 250 + b"1]"),
    "JSON: one number": lambda: parse_chunks(b"[", b"1" * 10_000, MAX_OUTSIDE_TEXTS // 10_000 - 1),
    "JSON: one fraction": lambda: parse_chunks(b"[0.", b"1" * 10_000, MAX_OUTSIDE_TEXTS // 10_000 - 1),
    "JSON: too deep": lambda: parse_json(b"[" * 39_000),
    "link": lambda: parse_link("http://" + "é" * 250 + ".example/" + "é" * 3_500, ADDRESSES),
    "redirect": lambda: Target("http", "a.example", 80, "/").redirect("../" * 80_000, ADDRESSES),
    **{
        f"decompression: {name}": lambda pack=pack, name=name: decompress(  # type: ignore[misc]
            pack(b"a" * 2_000_000), name, 2_000_000, complete=True
        )
        for name, pack in {"gzip": gzip.compress, "br": brotli.compress, "zstd": zstd.compress}.items()
    },
    "first bytes": lambda: check_first_bytes(b" " * 2_000_000, ""),
    **{
        f"page that sends on: {name}": lambda page=page: find_redirect(page * (2_000_000 // len(page)), "")  # type: ignore[misc]
        for name, page in SENDING_ON.items()
    },
    **{
        f"response head: {name}": lambda line=line: repaired(b"200", line * (260_000 // len(line)))  # type: ignore[misc]
        for name, line in HEADERS.items()
    },
    "cookies": lambda: FetchCookies().store("http://a.example/", httpx2.Headers(COOKIES)),
    "Retry-After": lambda: parsedate_to_datetime("(" * 60_000),
    **{
        f"robots.txt: {name}": lambda text=text: parse_rules(text[:MAX_ROBOTS], "Precis")
        for name, text in WORST.items()
    },
    **{
        f"settings: {name}": lambda text=text: parse_settings(text[:MAX_CHARACTERS], ModeratorLimits())
        for name, text in SETTINGS.items()
    },
}


@pytest.mark.parametrize("parse", OTHERS.values(), ids=OTHERS)
def test_other_input(parse: Callable[[], object]) -> None:
    assert longest_hold(parse) < LIMIT


def test_a_call_that_holds_the_interpreter_is_noticed() -> None:
    number = "9" * 4_000
    assert longest_hold(lambda: [int(number) ** 90 for _ in range(2)]) > TARGET / 10
