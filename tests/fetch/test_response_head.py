"""Heads that browsers read and h11 refuses."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import FetchError
from bot.core.models import Page
from bot.core.skip_reasons import SkipReason
from bot.fetch.response_head import MAX_LINES, ResponseHead
from tests.fetch.fake_network import PUBLIC, FakeNetwork, FakeResolver
from tests.fetch.fetching import fetcher_for

TYPE = b"Content-Type: text/html\r\n"
BODY = b"<html>Herring prices rose.</html>"
SIZE = b"Content-Length: %d\r\n" % len(BODY)
OK = b"HTTP/1.1 200 OK\r\n"


def outcome(answer: bytes) -> Page | FetchError:
    network = FakeNetwork(response=answer)
    resolver = FakeResolver({"site.example": [PUBLIC]})
    try:
        return fetcher_for(resolve=resolver, backend=network).fetch("http://site.example/")
    except FetchError as error:
        return error


def content(answer: bytes) -> bytes:
    result = outcome(answer)
    assert isinstance(result, Page), result
    return result.content


@pytest.mark.parametrize(
    "line",
    [
        b"X Powered By: a shop\r\n",
        b"cache/control: no-store\r\n",
        b"Notice: Undefined index in /var/www/header.php on line 3\r\n",
        b"PHP Deprecated  Function split\r\n",
        b": no name\r\n",
        b"=\r\n",
        b"X-Cr\xe9dit: 1\r\n",
        b"X-A: b\x00c\x01\r\n",
        b"X-A: \xff\xfe\r\n",
        b"(comment): x\r\n",
        b"<!-- header -->\r\n",
        b"X-A: b\n",
        b"X-A: b\rX-B: c\r\n",
        b"X-A: b\r\n  folded\r\n\tand again\r\n",
        b"X-A : b\r\n",
        b"HTTP/1.1 200 OK\r\n",
        b"X-Long: " + b"y" * 50_000 + b"\r\n",
        b"X: y\r\n" * 2_000,
    ],
)
def test_a_line_that_is_not_needed_may_be_malformed(line: bytes) -> None:
    assert content(OK + line + TYPE + SIZE + b"\r\n" + BODY) == BODY
    assert content(OK + TYPE + SIZE + line + b"\r\n" + BODY) == BODY


@pytest.mark.parametrize(
    "status",
    [
        b"HTTP/1.1 200\r\n",
        b"HTTP/1.1 200 \r\n",
        b"HTTP/1.1  200  OK\r\n",
        b"HTTP/1.1 200OK\r\n",
        b"http/1.1 200 OK\r\n",
        b"HTTP/1.0 200 OK\r\n",
        b"HTTP/2 200\r\n",
        b"HTTP/1.1 200 Tr\xe8s bien\x00\r\n",
        b"HTTP 200 OK\r\n",
        b"\r\nHTTP/1.1 200 OK\r\n",
        b"\n\n\r\nHTTP/1.1 200 OK\n",
        b"  HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 100 Continue\n\nHTTP/1.1 100 Continue\r\n\r\n\r\nHTTP/1.1 200 OK\r\n",
    ],
)
def test_careless_status_lines(status: bytes) -> None:
    assert content(status + TYPE + SIZE + b"\r\n" + BODY) == BODY


@pytest.mark.parametrize(
    "framing",
    [
        b"",
        b"Transfer-Encoding: identity\r\n",
        b"Transfer-Encoding: 8bit\r\n",
        b"Transfer-Encoding: utf-8, binary\r\n",
        b"Transfer-Encoding: \r\n",
        b"Content-Length: \r\n",
        b"Content-Length: -1\r\n",
        b"Content-Length: 12 bytes\r\n",
        b"Content-Length: 0x21\r\n",
        b"Content-Length: 5\r\nContent-Length: 9\r\n",
        b"Content-Length: 33, 33\r\n",
        b"Content-Length: 33\r\nContent-Length: 33\r\n",
        b"Content-Length : 33\r\n",
        b"Content-Length:\t33\r\n",
        b"Content-Length: 33\r\nTransfer-Encoding: none\r\n",
        b"Content-Length: 999\r\n",
    ],
)
def test_careless_lengths(framing: bytes) -> None:
    assert len(BODY) == 33
    assert content(OK + TYPE + framing + b"\r\n" + BODY) == BODY


@pytest.mark.parametrize(
    "framing",
    [
        b"Transfer-Encoding: Chunked\r\n",
        b"Transfer-Encoding: chunked, chunked\r\n",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: identity, chunked\r\n",
        b"Transfer-Encoding: chunked;q=1\r\n",
        b"Transfer-Encoding:\r\n chunked\r\n",
        b"Transfer-Encoding : chunked\r\nContent-Length: 3\r\n",
    ],
)
@pytest.mark.parametrize("end", [b"\r\n0\r\n\r\n", b"\r\n0\r\n", b"\r\n0", b"\r\n", b"", b"\r\nnoise"])
def test_careless_chunks(framing: bytes, end: bytes) -> None:
    assert content(OK + TYPE + framing + b"\r\n21\r\n" + BODY + end) == BODY


@pytest.mark.parametrize(
    "rest",
    [
        b"Transfer-Encoding: chunked\r\n\r\n12\r\n<p>Herring prices\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n99\r\n<p>Herring prices\n",
        b"Content-Length: 99\r\n\r\n<p>Herring prices",
        b"Content-Length: 99\r\n\r\n</html>" + b"<p>Herring prices" * 300,
    ],
)
def test_a_page_that_was_cut_off_before_its_end_can_be_retried(rest: bytes) -> None:
    error = outcome(OK + TYPE + rest.replace(b"99", b"99999"))
    assert isinstance(error, FetchError)
    assert (error.reason, error.permanent) == (SkipReason.SITE_DOWN, False)
    assert "cut off" in error.detail


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\r\n\r\n",
        b"HTT",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 20\r\n\r\n",
        b"HTTP/1.1 OK\r\n\r\n",
        b"SSH-2.0-OpenSSH_10.2\r\n",
        BODY,
        OK + TYPE,
        OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    ],
)
def test_what_is_not_http_is_refused(answer: bytes) -> None:
    error = outcome(answer)
    assert isinstance(error, FetchError)
    assert error.reason is SkipReason.SITE_DOWN


def test_the_first_location_is_used_and_a_folded_one_is_read() -> None:
    def location(lines: bytes) -> str:
        head = ResponseHead().feed(b"HTTP/1.1 302 Found\r\n" + lines + b"\r\n")
        return (head or b"").decode()

    assert "location: /a\r\nlocation: /b\r\n" in location(b"Location: /a\r\nLOCATION: /b\r\n")
    assert "location: /a\r\n" in location(b"Location:\r\n  /a\r\n")


@given(cuts=st.lists(st.integers(0, 120), max_size=8))
def test_it_does_not_matter_how_the_bytes_arrive(cuts: list[int]) -> None:
    answer = b"\r\nHTTP/1.1 103 Early\r\n\r\n" + OK + TYPE + b"X Y: z\r\n" + SIZE + b"\r\n" + BODY
    whole = ResponseHead().feed(answer)
    head, found = ResponseHead(), None
    places = sorted({0, len(answer), *(cut for cut in cuts if cut < len(answer))})
    for start, end in pairwise(places):
        found = found + answer[start:end] if found is not None else head.feed(answer[start:end])
    assert found == whole


@given(data=st.binary(max_size=300), prefix=st.sampled_from([b"", OK, b"HTTP/1.1 103\r\n\r\n"]))
def test_random_bytes_end_in_a_head_or_wait_for_more(data: bytes, prefix: bytes) -> None:
    head = ResponseHead()
    ready = head.feed(prefix + data)
    assert (prefix + data).endswith(head.rest())
    assert ready is not None or head.feed(b"\n\nHTTP/1.1 200 OK\r\n\r\n") is not None


def test_the_number_of_headers_is_limited() -> None:
    ready = ResponseHead().feed(OK + b"Set-Cookie: a=b\r\n" * 500 + b"\r\n")
    assert ready is not None
    assert ready.count(b"set-cookie") == MAX_LINES
