from __future__ import annotations

import codecs
import gzip

import pytest

from bot.core.errors import FetchError
from bot.core.skip_reasons import SkipReason
from bot.fetch.mime_sniffing import (
    check_first_bytes,
    check_type,
    clean_header,
    media_type,
    starts_as_html,
    starts_as_text,
)

PAGE = "<!doctype html><title>Ferries</title>"


@pytest.mark.parametrize(
    "header",
    [
        "text/html",
        "Text/HTML; charset=latin-1",
        "application/xhtml+xml",
        "text/html, text/html",
        "text/html charset=windows-1251",
        "text/html\tcharset=utf-8",
        "text/html;;charset",
        '"text/html"; charset=utf-8',
        "'text/html'",
        "application/octet-stream, text/html",
        "text/html;charset=utf-8,text/plain",
        ";text/html, text/html",
    ],
)
def test_types_of_web_pages_are_accepted(header: str) -> None:
    check_type(header)
    check_first_bytes(b"Words without a tag", header)


@pytest.mark.parametrize(
    "header",
    [
        "",
        " ",
        "html",
        "text",
        "text/",
        "/html",
        "*/*",
        "; charset=utf-8",
        "charset=utf-8",
        "unknown/unknown",
        "application/unknown",
        "text/xml; charset=utf-8",
        "application/xhtml",
        "text/html\u202e",
        "<script>/x",
    ],
)
def test_the_first_bytes_decide_if_the_type_says_nothing(header: str) -> None:
    check_type(header)
    check_first_bytes(PAGE.encode(), header)
    with pytest.raises(FetchError) as caught:
        check_first_bytes(b'{"title": "Ferries"}', header)
    assert caught.value.reason is SkipReason.NOT_HTML


@pytest.mark.parametrize(
    "header",
    [
        "application/zip",
        "text/css",
        "application/octet-stream",
        "image/png",
        "application/json",
        "video/mp4;x",
        "text/html5, audio/ogg",
    ],
)
def test_other_types_are_refused_and_the_error_is_plain_ascii(header: str) -> None:
    with pytest.raises(FetchError) as caught:
        check_type(header)
    assert caught.value.reason is SkipReason.NOT_HTML
    assert caught.value.detail.isascii()


def test_media_type_has_no_parameters() -> None:
    assert media_type("Text/HTML ;charset=x") == "text/html"
    assert media_type("image/png, image/webp") == "image/webp"
    assert media_type("<script>/x") == ""


@pytest.mark.parametrize(
    "start",
    [
        "<!DOCTYPE html>",
        "<!doctype\n HTML PUBLIC '-//W3C//DTD HTML 4.01//EN'>",
        "\ufeff\n <html lang=en>",
        "<!-- made by hand --><p>",
        "<?xml version='1.0'?>\n<!DOCTYPE html><html>",
        "<?xml version='1.0' encoding='utf-8'?><!-- x --><html xmlns='http://www.w3.org/1999/xhtml'>",
        "\r\n\t<head>",
        "<article class='story'>",
        "<p>Ferries",
        "<section>",
        "<a/>",
        "<TABLE width=100%>",
        "<script>",
        "\n" * 3000 + "<html>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_a_page_without_a_type_is_recognised_by_its_first_bytes(start: str, encoding: str) -> None:
    if encoding != "utf-8" and not start.startswith(("<", "\ufeff")):
        start = "\ufeff" + start
    check_first_bytes(start.encode(encoding), "")


@pytest.mark.parametrize(
    "start",
    [
        "",
        "Hello",
        "{}",
        "<svg>",
        "<rss version='2.0'>",
        "<?xml version='1.0'?><rss><channel>",
        "<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'>",
        "<?php echo 1; ?>",
        "<abbreviations>",
        "<pre-release>",
        "< html>",
        "<!DOCTYPE svg>",
        "#!/bin/sh",
    ],
)
def test_other_bodies_without_a_type_are_refused(start: str) -> None:
    assert not starts_as_html(start.encode())
    assert not starts_as_html(codecs.BOM_UTF16_BE + start.encode("utf-16-be"))
    with pytest.raises(FetchError):
        check_first_bytes(start.encode(), "")


@pytest.mark.parametrize("body", [b"PK\x03\x04", gzip.compress(b"x", mtime=0), b"\x89PNG\r\n"])
def test_a_file_with_the_wrong_type_is_refused(body: bytes) -> None:
    with pytest.raises(FetchError):
        check_first_bytes(body, "text/html")


@pytest.mark.parametrize("body", [b"", b"User-agent: *", "Fähre".encode(), b"x" * 8191 + "ü".encode()])
def test_text(body: bytes) -> None:
    assert starts_as_text(body)


@pytest.mark.parametrize("body", [b"a\x00b", b"\x1f\x8b", "Fähre".encode("latin-1"), b"\x28\xb5\x2f\xfd"])
def test_what_is_not_text(body: bytes) -> None:
    assert not starts_as_text(body)


def test_a_header_is_kept_except_for_control_characters() -> None:
    assert clean_header('text/html; charset="x y"') == 'text/html; charset="x y"'
    assert clean_header("text/html\x9b2J\x85;\u202e") == "text/html2J;"
    assert len(clean_header("x" * 5000)) == 300
