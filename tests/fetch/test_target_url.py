from __future__ import annotations

from urllib.parse import quote

import pytest

from bot.core.errors import FetchError
from bot.core.skip_reasons import SkipReason
from bot.fetch.ip_addresses import AddressFilter
from bot.fetch.target_url import MAX_URL, parse_link

ADDRESS_FILTER = AddressFilter(frozenset({"127.0.0.1:8000"}))


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("http://site.example", "http://site.example/"),
        ("HTTPS://Site.Example./A", "https://site.example/A"),
        (" http://site.example/ \n", "http://site.example/"),
        ("http://site.example:80/", "http://site.example/"),
        ("http://site.example:/", "http://site.example/"),
        ("http://site.example:443/", "http://site.example:443/"),
        ("http://site.example?q=1#part", "http://site.example/?q=1"),
        ("http://site.example/a b?c=d e", "http://site.example/a%20b?c=d%20e"),
        ("http://site.example/ä%C3%A4", "http://site.example/%C3%A4%C3%A4"),
        ("http://site.example/a/../b/./c", "http://site.example/b/c"),
        ("http://bücher.example/", "http://xn--bcher-kva.example/"),
        ("http://BÜCHER.example/", "http://xn--bcher-kva.example/"),
        ("http://日本語。example/", "http://xn--wgv71a119e.example/"),
        ("http://a_b.site.example/", "http://a_b.site.example/"),
        ("http://127.0.0.1:8000/x", "http://127.0.0.1:8000/x"),
        ("http://site.example:8000/", "http://site.example:8000/"),
        ("http://1.2.3.4.example/", "http://1.2.3.4.example/"),
    ],
)
def test_links_are_normalized(link: str, url: str) -> None:
    assert parse_link(link, ADDRESS_FILTER).url == url


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("", SkipReason.NOT_WEB),
        ("/path", SkipReason.NOT_WEB),
        ("ftp://site.example/", SkipReason.NOT_WEB),
        ("http://", SkipReason.NOT_WEB),
        ("http://a..b/", SkipReason.NOT_WEB),
        ("http://-.example/", SkipReason.NOT_WEB),
        ("http://" + "a" * 64 + ".example/", SkipReason.NOT_WEB),
        ("http://" + "a." * 126 + "example/", SkipReason.NOT_WEB),
        ("http://site.example:8080/", SkipReason.NOT_WEB),
        ("http://site.example:８０/", SkipReason.NOT_WEB),
        ("http://site.example:+80/", SkipReason.NOT_WEB),
        ("http://me@site.example/", SkipReason.NOT_WEB),
        ("http://@site.example/", SkipReason.NOT_WEB),
        ("http://site.example\\x/", SkipReason.NOT_WEB),
        ("http://site.example/" + "a" * MAX_URL, SkipReason.NOT_WEB),
        ("http://site.example/a\x00b", SkipReason.NOT_WEB),
        ("http://site.example/\ud800", SkipReason.NOT_WEB),
        ("http://💩.\u200bexample\u202e/", SkipReason.NOT_WEB),
        ("http://127.0.0.1/", SkipReason.FORBIDDEN_ADDRESS),
        ("http://127.0.0.1:8001/", SkipReason.NOT_WEB),
        ("http://0127.0.0.1:8000/", SkipReason.FORBIDDEN_ADDRESS),
        ("http://site.0x7f/", SkipReason.FORBIDDEN_ADDRESS),
        ("http://[::1]:8000/", SkipReason.FORBIDDEN_ADDRESS),
        ("http://9.9.9.9/", SkipReason.FORBIDDEN_ADDRESS),
        ("http://intranet/", SkipReason.FORBIDDEN_ADDRESS),
        ("http://a.localhost:8000/", SkipReason.FORBIDDEN_ADDRESS),
    ],
)
def test_other_links_are_refused(link: str, reason: SkipReason) -> None:
    with pytest.raises(FetchError) as caught:
        parse_link(link, ADDRESS_FILTER)
    assert caught.value.reason is reason
    assert caught.value.permanent


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("/b", "http://site.example/b"),
        ("c?d", "http://site.example/a/c?d"),
        ("//other.example/", "http://other.example/"),
        ("https://site.example/x#y", "https://site.example/x"),
        ("?q", "http://site.example/a/x?q"),
    ],
)
def test_redirects_are_relative_to_the_page(location: str, url: str) -> None:
    assert parse_link("http://site.example/a/x", ADDRESS_FILTER).redirect(location, ADDRESS_FILTER).url == url


@pytest.mark.parametrize("location", ["http://[/", "file:///etc/passwd", "http://10.1/", "javascript:0"])
def test_redirects_are_checked_like_links(location: str) -> None:
    with pytest.raises(FetchError):
        parse_link("http://site.example/a/x", ADDRESS_FILTER).redirect(location, ADDRESS_FILTER)


@pytest.mark.parametrize(
    ("link", "host"),
    [
        ("https://www.google.com/url?q=https%3A%2F%2Fpaper.example%2Fa", "paper.example"),
        ("https://l.facebook.com/l.php?u=http%3A%2F%2Fpaper.example%2Fa", "paper.example"),
    ],
)
def test_a_redirect_link_leads_to_the_address_in_it(link: str, host: str) -> None:
    target = parse_link(link, AddressFilter())
    assert (target.host, target.path) == (host, "/a")


@pytest.mark.parametrize(
    "inner",
    ["http://127.0.0.1/", "http://10.0.0.1/", "http://intranet/", "http://a.example:22/", "http://a@b.c/"],
)
def test_the_address_in_a_redirect_link_is_checked(inner: str) -> None:
    with pytest.raises(FetchError) as caught:
        parse_link(f"https://www.google.com/url?q={quote(inner, safe='')}", AddressFilter())
    assert caught.value.reason in (SkipReason.FORBIDDEN_ADDRESS, SkipReason.NOT_WEB)


def test_a_link_that_only_a_browser_can_follow_is_refused() -> None:
    with pytest.raises(FetchError) as caught:
        parse_link("https://news.google.com/rss/articles/CBMiAAA?oc=5", AddressFilter())
    assert (caught.value.reason, caught.value.permanent) == (SkipReason.ONLY_REDIRECT, True)
