from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.errors import FetchError
from bot.core.skip_reasons import SkipReason
from bot.fetch.response_body import (
    check_first_bytes,
    check_type,
    clean_header,
    content_coding,
    decompress,
    media_type,
)

TEXT = b"<html>" + b"word " * 1000


def _raw(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (TEXT, ""),
        (gzip.compress(TEXT, mtime=0), "gzip"),
        (gzip.compress(TEXT[:99], mtime=0) + gzip.compress(TEXT[99:], mtime=0), "gzip"),
        (gzip.compress(TEXT, mtime=0) + b"rubbish", "gzip"),
        (zlib.compress(TEXT), "deflate"),
        (_raw(TEXT), "deflate"),
    ],
)
def test_one_layer_is_decompressed(body: bytes, coding: str) -> None:
    assert decompress(body, coding, len(TEXT)) == TEXT


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_an_empty_body_stays_empty(coding: str) -> None:
    assert decompress(b"", coding, 10) == b""


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (TEXT, ""),
        (gzip.compress(TEXT, mtime=0), "gzip"),
        (gzip.compress(TEXT[:-9], mtime=0) + gzip.compress(TEXT, mtime=0), "gzip"),
        (zlib.compress(TEXT), "deflate"),
        (_raw(TEXT), "deflate"),
    ],
)
def test_one_byte_too_many_is_too_large(body: bytes, coding: str) -> None:
    with pytest.raises(FetchError) as caught:
        decompress(body, coding, len(TEXT) - 1)
    assert caught.value.reason is SkipReason.TOO_LARGE


@settings(deadline=None)
@given(cut=st.integers(1, len(gzip.compress(TEXT, mtime=0)) - 1))
def test_a_body_that_was_cut_off_can_be_retried(cut: int) -> None:
    with pytest.raises(FetchError) as caught:
        decompress(gzip.compress(TEXT, mtime=0)[:cut], "gzip", 1_000_000)
    assert caught.value.reason is SkipReason.SITE_DOWN
    assert not caught.value.permanent


@settings(deadline=None)
@given(noise=st.binary(min_size=1, max_size=200), coding=st.sampled_from(["gzip", "deflate"]))
def test_random_bytes_are_decompressed_or_refused(noise: bytes, coding: str) -> None:
    try:
        assert len(decompress(noise, coding, 1000)) <= 1000
    except FetchError as error:
        assert error.reason in (SkipReason.NOT_HTML, SkipReason.SITE_DOWN, SkipReason.TOO_LARGE)  # noqa: PT017


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        ("", ""),
        ("identity", ""),
        ("UTF-8", ""),
        ("gzip", "gzip"),
        (" GZip ", "gzip"),
        ("x-gzip", "gzip"),
        ("deflate", "deflate"),
    ],
)
def test_supported_codings(header: str, coding: str) -> None:
    assert content_coding(header) == coding


@pytest.mark.parametrize("header", ["br", "gzip, gzip", "gzip,deflate", "zstd", "compress", "\u00ff"])
def test_other_codings_are_refused(header: str) -> None:
    with pytest.raises(FetchError) as caught:
        content_coding(header)
    assert caught.value.reason is SkipReason.NOT_HTML


@pytest.mark.parametrize(
    "header",
    ["text/html", "Text/HTML; charset=latin-1", "application/xhtml+xml", "text/html, text/html", "", " "],
)
def test_types_of_web_pages_are_accepted(header: str) -> None:
    check_type(header)


@pytest.mark.parametrize(
    "header", ["application/pdf", "text/plain", "image/png", "html", "text/html\u202e", "; x"]
)
def test_other_types_are_refused_and_the_error_is_plain_ascii(header: str) -> None:
    with pytest.raises(FetchError) as caught:
        check_type(header)
    assert caught.value.reason is SkipReason.NOT_HTML
    assert caught.value.detail.isascii()


def test_media_type_has_no_parameters() -> None:
    assert media_type("Text/HTML ;charset=x") == "text/html"
    assert media_type("<script>/x") == ""


@pytest.mark.parametrize(
    "body", [b"<!DOCTYPE html>", b"\xef\xbb\xbf\n <html lang=en>", b"<!-- x --><p>", b"<?xml version='1.0'?>"]
)
def test_a_page_without_a_type_is_recognised_by_its_first_bytes(body: bytes) -> None:
    check_first_bytes(body, "")


@pytest.mark.parametrize("body", [b"", b"Hello", b"{}", b"<svg>"])
def test_other_bodies_without_a_type_are_refused(body: bytes) -> None:
    with pytest.raises(FetchError):
        check_first_bytes(body, "")


@pytest.mark.parametrize("body", [b"%PDF-1.7", b"PK\x03\x04", gzip.compress(b"x", mtime=0), b"\x89PNG\r\n"])
def test_a_file_with_the_wrong_type_is_refused(body: bytes) -> None:
    with pytest.raises(FetchError):
        check_first_bytes(body, "text/html")


def test_a_header_is_kept_except_for_control_characters() -> None:
    assert clean_header('text/html; charset="x y"') == 'text/html; charset="x y"'
    assert clean_header("text/html\x9b2J\x85;\u202e") == "text/html2J;"
    assert len(clean_header("x" * 5000)) == 300
