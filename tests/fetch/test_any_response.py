"""A fetch ends with a page or a FetchError, whatever the server sends."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.errors import FetchError
from bot.core.models import Page
from tests.fetch.fake_network import PUBLIC, FakeNetwork, FakeResolver
from tests.fetch.fetching import fetcher_for

RESOLVER = FakeResolver({"site.example": [PUBLIC]})
HEADER_NAMES = (
    "Content-Type Content-Length Content-Encoding Transfer-Encoding Location Retry-After Connection Upgrade "
    "Set-Cookie Refresh cf-mitigated X-A"
)
HEADER_VALUES = (
    "text/html|text/html; charset=x|application/pdf|0|5|99|-1|9e9|gzip|gzip, gzip|deflate|br|chunked|"
    "gzip, chunked|/|//|http://[|http://site.example/x|https://10.0.0.1/|keep-alive|close|upgrade|h2c|"
    "Sun, 01 Mar 2026 12:05:00 GMT|\u00e9|a=b; Secure|0;url=/|1;https://10.0.0.1/"
)
values = st.sampled_from(HEADER_VALUES.split("|")) | st.text(max_size=20)
headers = st.lists(st.tuples(st.sampled_from(HEADER_NAMES.split()), values), max_size=6)
bodies = st.binary(max_size=60) | st.sampled_from(
    [b"5\r\n<html\r\n0\r\n\r\n", b"\x1f\x8b\x08", b"<html>", b"%PDF"]
)
statuses = st.sampled_from(
    [100, 101, 103, 200, 204, 206, 301, 302, 304, 307, 404, 429, 500, 503, 999]
) | st.integers(0, 9999)


def outcome(answer: bytes, robots: bool) -> Page | FetchError:
    network = FakeNetwork(response=answer)
    fetcher = fetcher_for(settings={"robots": robots}, resolve=RESOLVER, backend=network)
    try:
        return fetcher.fetch("http://site.example/")
    except FetchError as error:
        return error


def to_http(status: int, lines: list[tuple[str, str]], body: bytes) -> bytes:
    head = "".join(f"{name}: {value}\r\n" for name, value in lines)
    return f"HTTP/1.1 {status} X\r\n{head}\r\n".encode("utf-8", "replace") + body


@settings(deadline=None)
@given(answer=st.binary(max_size=200), robots=st.booleans())
def test_random_bytes(answer: bytes, robots: bool) -> None:
    result = outcome(answer, robots)
    assert isinstance(result, Page) or result.detail.isprintable()


@settings(max_examples=150, deadline=None)
@given(status=statuses, lines=headers, body=bodies, robots=st.booleans())
def test_almost_valid_http(status: int, lines: list[tuple[str, str]], body: bytes, robots: bool) -> None:
    result = outcome(to_http(status, lines, body), robots)
    if isinstance(result, Page):
        assert 200 <= status < 300
        assert result.content_type.isprintable()
    else:
        assert result.detail.isprintable()
        assert len(result.detail) < 300
