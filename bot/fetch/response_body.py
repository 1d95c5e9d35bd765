"""Checks and decompresses the body of a response: one layer of gzip or deflate, within a memory limit."""

from __future__ import annotations

import re
import zlib

from bot.core.errors import FetchError
from bot.core.skip_reasons import SkipReason

ACCEPT_ENCODING = "gzip, deflate"

_NO_CODING = frozenset({"", "identity", "none", "utf-8"})
"""Content-Encodings that do not change the body. "none" and "utf-8" are common errors of servers."""
_GZIP_WINDOW = 16 + zlib.MAX_WBITS
_MAX_GZIP_MEMBERS = 16
_MAX_HEADER_LENGTH = 300
_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_MEDIA_TYPE = re.compile(r"[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,40}")
_HTML_START = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head|body|title|meta|!--|\?xml)", re.IGNORECASE
)
_BINARY_STARTS = (
    b"\x1f\x8b",
    b"%PDF-",
    b"PK\x03\x04",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"RIFF",
    b"\x00\x00",
)


def clean_header(header: str) -> str:
    """A header's value without control characters, cut at 300 characters."""
    return "".join(c for c in header[:_MAX_HEADER_LENGTH] if c.isprintable())


def media_type(content_type: str) -> str:
    """For example `text/html` for `Text/HTML; charset=x`; "" if the header has no valid media type."""
    bare = re.split(r"[;,]", content_type, maxsplit=1)[0].strip().lower()
    return bare if _MEDIA_TYPE.fullmatch(bare) else ""


def check_type(content_type: str) -> None:
    """Raises FetchError for a type that is not a web page. If it is missing, `check_first_bytes` decides."""
    media = media_type(content_type)
    if media not in _HTML_TYPES and (media or content_type.strip()):
        raise _not_html(f"The link leads to {media or 'a file of an unknown type'}, not to a web page.")


def check_first_bytes(body: bytes, content_type: str) -> None:
    """Raises FetchError if the first bytes of the body are not those of a web page."""
    if body.startswith(_BINARY_STARTS):
        raise _not_html("The link leads to a file that is not a web page, although its type says so.")
    if not content_type.strip() and not _HTML_START.match(body):
        raise _not_html("The link leads to a file of an unknown type.")


def content_coding(content_encoding: str) -> str:
    """`gzip`, `deflate` or ""; raises FetchError for other codings and for several."""
    coding = content_encoding.strip().lower().removeprefix("x-")
    if coding in _NO_CODING:
        return ""
    if coding not in ("gzip", "deflate"):
        raise _not_html("The compression of the page is not supported.")
    return coding


def decompress(body: bytes, coding: str, limit: int) -> bytes:
    """The decompressed body. Raises FetchError for more than `limit` bytes or invalid data."""
    try:
        content = _decompress(body, coding, limit) if coding and body else body
    except zlib.error as error:
        raise _not_html("The page cannot be decompressed.") from error
    if len(content) > limit:
        raise FetchError(SkipReason.TOO_LARGE, "The page is larger than the size limit.", permanent=True)
    return content


def decompress_start(body: bytes, coding: str, limit: int) -> bytes:
    """The first `limit` decompressed bytes of a body that may be cut off. Raises FetchError."""
    if not coding:
        return body[:limit]
    windows = (_GZIP_WINDOW,) if coding == "gzip" else (zlib.MAX_WBITS, -zlib.MAX_WBITS)
    for window in windows:
        try:
            return zlib.decompressobj(window).decompress(body, limit)
        except zlib.error:
            continue
    raise _not_html("The file cannot be decompressed.")


def _decompress(body: bytes, coding: str, limit: int) -> bytes:
    if coding == "gzip":
        return _gunzip(body, limit)
    try:
        return _inflate(body, zlib.MAX_WBITS, limit)[0]
    except zlib.error:  # some servers send deflate without the zlib header (RFC 9110, 8.4.1.2)
        return _inflate(body, -zlib.MAX_WBITS, limit)[0]


def _gunzip(body: bytes, limit: int) -> bytes:
    """All members of a gzip file (RFC 1952, 2.2), without trailing garbage."""
    content = b""
    for _ in range(_MAX_GZIP_MEMBERS):
        part, body = _inflate(body, _GZIP_WINDOW, limit - len(content))
        content += part
        if len(content) > limit or not body.startswith(b"\x1f\x8b"):
            return content
    raise _not_html("The compression of the page is not supported.")


def _inflate(body: bytes, window: int, limit: int) -> tuple[bytes, bytes]:
    """At most `limit` + 1 decompressed bytes, and the rest of `body` after the compressed part."""
    inflater = zlib.decompressobj(window)
    content = inflater.decompress(body, limit + 1)
    if not inflater.eof and len(content) <= limit:
        raise FetchError(SkipReason.SITE_DOWN, "The page was cut off.", permanent=False)
    return content, inflater.unused_data


def _not_html(detail: str) -> FetchError:
    return FetchError(SkipReason.NOT_HTML, detail, permanent=True)
