"""Undoes the compression of a body (RFC 9110, 8.4), within a limit on the decompressed size.

Each decoder returns at most one byte more than the limit, however much the data would grow to.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable
from typing import Protocol

import brotli

from bot.core.errors import FetchError
from bot.core.skip_reasons import SkipReason
from bot.fetch.mime_sniffing import not_html, starts_as_html, starts_as_text

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ACCEPT_ENCODING = "gzip, deflate, br, zstd"
MAX_LAYERS = 2
"""Compressions of one body. Some servers compress twice, and say so."""

_GZIP_WINDOW = 16 + zlib.MAX_WBITS
_ZSTD_WINDOW_LOG = 23
"""8 MB, the most that a decoder of HTTP must support (RFC 9659, 3)."""
_MAX_MEMBERS = 16
"""Compressed parts of one body, one after the other."""

Decoder = Callable[[bytes, int], tuple[bytes, bool]]
"""From data and a limit to at most limit + 1 bytes, and whether the data is whole."""


class _InvalidData(Exception):
    """The data is not compressed in this way."""


class _Member(Protocol):
    """Decompresses one part; zlib and zstd have the same methods."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


def decompress(body: bytes, content_encoding: str, limit: int, *, complete: bool) -> tuple[bytes, bool]:
    """The decompressed body, and whether it is complete; `complete` says so of the body as sent.

    Raises FetchError for more than `limit` bytes, invalid data, or too many layers.
    """
    content, complete = _decompress(body, content_encoding, limit, complete)
    if len(content) > limit:
        raise FetchError(SkipReason.TOO_LARGE, "The page is larger than the size limit.", permanent=True)
    return content, complete


def decompress_start(body: bytes, content_encoding: str, limit: int) -> bytes:
    """The first `limit` decompressed bytes of a body that may be cut off. Raises FetchError."""
    return _decompress(body, content_encoding, limit, complete=False)[0][:limit]


def _decompress(body: bytes, content_encoding: str, limit: int, complete: bool) -> tuple[bytes, bool]:
    codings = _codings(content_encoding)
    if len(codings) > MAX_LAYERS:
        raise not_html("The page is compressed too many times.")
    for coding in codings:
        if not body or starts_as_html(body) or starts_as_text(body):
            break  # the header names a coding that was not applied
        try:
            body, complete = _DECODERS[coding](body, limit)
        except _InvalidData as error:
            raise not_html("The page cannot be decompressed.") from error
    return body, complete


def _codings(content_encoding: str) -> tuple[str, ...]:
    """The codings in the order in which they must be undone.

    Names that are not codings are left out: browsers ignore them, and servers write charsets, types and
    transfer encodings here. If the body is compressed after all, its first bytes show it.
    """
    names = (name.strip().lower().removeprefix("x-") for name in content_encoding.split(","))
    return tuple(reversed([name for name in names if name in _DECODERS]))


def _gunzip(body: bytes, limit: int) -> tuple[bytes, bool]:
    return _members(body, limit, b"\x1f\x8b", lambda: zlib.decompressobj(_GZIP_WINDOW))


def _inflate(body: bytes, limit: int) -> tuple[bytes, bool]:
    try:
        return _members(body, limit, None, lambda: zlib.decompressobj(zlib.MAX_WBITS))
    except _InvalidData:  # some servers send deflate without the zlib header (RFC 9110, 8.4.1.2)
        return _members(body, limit, None, lambda: zlib.decompressobj(-zlib.MAX_WBITS))


def _unzstd(body: bytes, limit: int) -> tuple[bytes, bool]:
    options: dict[int, int] = {zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG}
    return _members(body, limit, b"\x28\xb5\x2f\xfd", lambda: zstd.ZstdDecompressor(options=options))


def _unbrotli(body: bytes, limit: int) -> tuple[bytes, bool]:
    decoder = brotli.Decompressor()
    content = bytearray()
    try:
        while len(content) <= limit:
            content += decoder.process(body, output_buffer_limit=limit + 1 - len(content))
            if decoder.is_finished() or decoder.can_accept_more_data():
                break
            body = b""
    except brotli.error as error:
        raise _InvalidData from error
    return bytes(content[: limit + 1]), decoder.is_finished()


def _members(
    body: bytes, limit: int, magic: bytes | None, new_member: Callable[[], _Member]
) -> tuple[bytes, bool]:
    """All members of a file (RFC 1952, 2.2; RFC 8878, 3.1), without trailing garbage."""
    content = b""
    for _ in range(_MAX_MEMBERS):
        member = new_member()
        try:
            content += member.decompress(body, limit + 1 - len(content))
        except (zlib.error, zstd.ZstdError) as error:
            raise _InvalidData from error
        body = member.unused_data if member.eof else b""
        if len(content) > limit or not magic or not body.startswith(magic):
            return content, member.eof
    raise _InvalidData


_DECODERS: dict[str, Decoder] = {"gzip": _gunzip, "deflate": _inflate, "br": _unbrotli, "zstd": _unzstd}
