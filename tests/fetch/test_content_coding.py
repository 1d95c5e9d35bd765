from __future__ import annotations

import gzip
import sys
import zlib

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.errors import FetchError
from bot.core.skip_reasons import SkipReason
from bot.fetch.content_coding import decompress, decompress_start

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

TEXT = b"<html>" + b"word " * 1000
LATIN = "Fähren nach Åland ".encode("latin-1") * 99


def _raw(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def _gzip(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


COMPRESSED = {
    "gzip": _gzip(TEXT),
    "x-gzip": _gzip(TEXT[:99]) + _gzip(TEXT[99:]),
    " GZip ": _gzip(TEXT) + b"rubbish",
    "deflate": zlib.compress(TEXT),
    "Deflate": _raw(TEXT),
    "br": brotli.compress(TEXT),
    "BR": brotli.compress(TEXT, quality=1),
    "zstd": zstd.compress(TEXT),
    "zstd ": zstd.compress(TEXT[:99]) + zstd.compress(TEXT[99:]),
    "gzip, gzip": _gzip(_gzip(TEXT)),
    "gzip,br": brotli.compress(_gzip(TEXT)),
    "zstd, deflate": zlib.compress(zstd.compress(TEXT)),
}


def content_of(body: bytes, header: str, limit: int = 1_000_000) -> bytes:
    content, complete = decompress(body, header, limit, complete=True)
    assert complete
    return content


@pytest.mark.parametrize(("header", "body"), COMPRESSED.items())
def test_up_to_two_layers_are_decompressed(header: str, body: bytes) -> None:
    assert content_of(body, header, len(TEXT)) == TEXT


@pytest.mark.parametrize(("header", "body"), [("", TEXT), *COMPRESSED.items()])
def test_one_byte_too_many_is_too_large(header: str, body: bytes) -> None:
    with pytest.raises(FetchError) as caught:
        decompress(body, header, len(TEXT) - 1, complete=True)
    assert caught.value.reason is SkipReason.TOO_LARGE


@pytest.mark.parametrize("header", ["gzip", "deflate", "br", "zstd", "gzip, gzip", ""])
def test_an_empty_body_stays_empty(header: str) -> None:
    assert content_of(b"", header) == b""


@pytest.mark.parametrize(
    "header",
    [
        "identity",
        "none",
        "UTF-8",
        "windows-1251",
        "text/html",
        "8bit",
        "binary",
        "chunked",
        "utf8mb4",
        "\u00ff",
    ],
)
@pytest.mark.parametrize("body", [TEXT, LATIN, b"Plain words"])
def test_names_that_are_not_codings_are_ignored(header: str, body: bytes) -> None:
    assert content_of(body, header) == body


def test_a_coding_beside_such_a_name_is_undone() -> None:
    assert content_of(_gzip(TEXT), "gzip, utf-8") == TEXT
    assert content_of(brotli.compress(TEXT), "identity, br") == TEXT


@pytest.mark.parametrize("header", ["gzip", "deflate", "br", "zstd", "gzip, gzip", "br, zstd"])
@pytest.mark.parametrize(
    "body", [TEXT, b"User-agent: *\nDisallow:\n", "Fähren".encode(), "\ufeff<p>x".encode("utf-16-le"), b"ok"]
)
def test_a_coding_that_was_not_applied_is_ignored(header: str, body: bytes) -> None:
    assert content_of(body, header) == body


def test_a_second_coding_that_was_not_applied_is_ignored() -> None:
    assert content_of(_gzip(TEXT), "gzip, gzip") == TEXT


@pytest.mark.parametrize("body", [b"\x1f\x8b noise", bytes(range(256)), b"\x00" * 99])
@pytest.mark.parametrize("header", ["gzip", "zstd"])
def test_invalid_data_is_refused(header: str, body: bytes) -> None:
    with pytest.raises(FetchError) as caught:
        decompress(body, header, 1000, complete=True)
    assert caught.value.reason is SkipReason.NOT_HTML


def test_three_layers_are_refused() -> None:
    with pytest.raises(FetchError) as caught:
        decompress(_gzip(_gzip(_gzip(TEXT))), "gzip, gzip, gzip", 1_000_000, complete=True)
    assert caught.value.reason is SkipReason.NOT_HTML


@settings(deadline=None)
@given(part=st.floats(0.4, 0.99), header=st.sampled_from(["gzip", "deflate", "br", "zstd", "gzip, br"]))
def test_a_body_that_was_cut_off_is_incomplete(part: float, header: str) -> None:
    body = COMPRESSED[header.replace(" ", "")] if "," in header else COMPRESSED[header]
    cut = body[: max(1, min(int(len(body) * part), len(body) - 1))]
    content, complete = decompress(cut, header, 1_000_000, complete=True)
    assert not complete or content == TEXT  # the inner layer may be whole where the outer one is not
    assert content in (TEXT[: len(content)], cut)


def test_a_compressed_body_that_has_its_end_is_complete() -> None:
    """The server may have announced the length of the page, not of what it sent."""
    assert decompress(_gzip(TEXT), "gzip", 1_000_000, complete=False) == (TEXT, True)
    assert decompress(TEXT, "", 1_000_000, complete=False) == (TEXT, False)


@settings(deadline=None)
@given(noise=st.binary(min_size=1, max_size=200), header=st.sampled_from(["gzip", "deflate", "br", "zstd"]))
def test_random_bytes_are_decompressed_or_refused(noise: bytes, header: str) -> None:
    try:
        assert len(decompress(noise, header, 1000, complete=True)[0]) <= 1000
    except FetchError as error:
        assert error.reason in (SkipReason.NOT_HTML, SkipReason.TOO_LARGE)  # noqa: PT017


@pytest.mark.parametrize(("header", "body"), COMPRESSED.items())
def test_the_start_of_a_body(header: str, body: bytes) -> None:
    assert decompress_start(body, header, 100) == TEXT[:100]
