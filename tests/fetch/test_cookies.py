from __future__ import annotations

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fetch.cookies import MAX_COOKIES, MAX_HEADER, FetchCookies

SITE = "https://www.kystposten.example/a/story"


def after(*lines: str, url: str = SITE) -> FetchCookies:
    """The cookies after one response with these Set-Cookie headers."""
    cookies = FetchCookies()
    sent = [(b"Set-Cookie", line.encode(errors="replace")) for line in lines]
    cookies.store(url, httpx2.Headers(sent))
    return cookies


@pytest.mark.parametrize(
    "line",
    [
        "id=1; Path=/",
        "id=1; Domain=kystposten.example; Path=/",
        "id=1; domain=.kystposten.example; path=/; secure; httponly; SameSite=None",
        "id=1; Path=/; Max-Age=60",
        "id=1; Path=/; Expires=Fri, 01 Jan 2100 00:00:00 GMT",
        "id=1; Path=/a",
    ],
)
def test_a_cookie_goes_back_to_its_host(line: str) -> None:
    assert after(line).header(SITE) == "id=1"


@pytest.mark.parametrize(
    ("line", "url"),
    [
        ("id=1; Path=/", "https://other.example/"),
        ("id=1; Path=/", "https://kystposten.example/"),
        ("id=1; Path=/", "https://m.www.kystposten.example/"),
        ("id=1; Path=/", "https://evilwww.kystposten.example/"),
        ("id=1; Domain=other.example; Path=/", "https://other.example/"),
        ("id=1; Domain=other.example; Path=/", SITE),
        ("id=1; Domain=.example; Path=/", "https://other.example/"),
        ("id=1; Domain=kystposten.example; Path=/", "https://notkystposten.example/"),
        ("id=1; Path=/; Secure", "http://www.kystposten.example/"),
        ("id=1; Path=/b", SITE),
        ("id=1; Path=/; Max-Age=0", SITE),
        ("id=1; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT", SITE),
        ("", SITE),
    ],
)
def test_a_cookie_goes_nowhere_else(line: str, url: str) -> None:
    assert after(line).header(url) == ""


def test_a_cookie_of_a_domain_goes_to_its_other_hosts() -> None:
    cookies = after("id=1; Domain=kystposten.example; Path=/")
    assert cookies.header("https://login.kystposten.example/x") == "id=1"


@pytest.mark.parametrize("suffix", ["co.uk", "com.au", "org.nz"])
def test_no_cookie_for_all_sites_of_a_country(suffix: str) -> None:
    cookies = after(f"id=1; Domain={suffix}; Path=/", url=f"https://paper.{suffix}/")
    assert cookies.header(f"https://other.{suffix}/") == ""


def test_store_says_whether_something_is_new() -> None:
    cookies = FetchCookies()
    found = [
        cookies.store(SITE, httpx2.Headers(headers))
        for headers in ({}, {"Set-Cookie": "a=1"}, {"Set-Cookie": "a=1"}, {"Set-Cookie": "a=2"})
    ]
    assert found == [False, True, False, True]


def test_the_number_and_the_size_of_cookies_are_limited() -> None:
    assert after(*(f"c{n}=1" for n in range(500))).header(SITE).count("=") == MAX_COOKIES
    assert after("a=" + "x" * 5_000).header(SITE) == ""
    assert after("a=1; " + "x=y; " * 700, "b=2; " + "x=y; " * 700).header(SITE) == ""
    assert len(after("a=" + "x" * 4_000).header(SITE)) < MAX_HEADER
    assert after(*(f"c{n}=" + "x" * 4_000 for n in range(9))).header(SITE) == ""


@given(st.lists(st.text(max_size=60) | st.binary(max_size=60).map(lambda b: b.decode("latin-1")), max_size=4))
def test_any_cookie_is_stored_or_ignored(lines: list[str]) -> None:
    header = after(*lines).header(SITE)
    assert header.isascii()
    assert header.isprintable()


@pytest.mark.parametrize("line", ["navn=\u00e6", "a=1\x1b[2J", "a=\x80", "\u2028=1"])
def test_a_cookie_that_cannot_be_sent_back_is_ignored(line: str) -> None:
    assert after(line, "b=2; Path=/").header(SITE) == "b=2"
