"""Refuse PDF files whose compressed streams become too large, before a library decompresses them.

PDFium decompresses a stream as a whole and ends its process if there is no memory. This check reads the file
without parsing it: it finds the streams by their keyword (ISO 32000-1, 7.3.8), decompresses those that begin
with a zlib header (RFC 1950) in small steps, and stops at the limit. Pictures are left out, because only
their number of pixels matters (`visible_words`). What the check does not see, such as a stream in another
compression, meets the worker's memory limit.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from bot.core.skip_reasons import SkipReason
from bot.extract.documents.refusal import RefusedDocumentError

MAX_STREAM_BYTES = 32_000_000
"""Maximum size of one stream after decompression. Page contents, fonts and tables of objects are smaller."""
MAX_TOTAL_BYTES = 128_000_000
MAX_STREAMS = 50_000
_MAX_LAYERS = 3
_STEP = 1 << 20
_DICTIONARY_WINDOW = 2_000
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_PICTURE = re.compile(rb"/Subtype\s*/Image\b")


def check_stream_sizes(content: bytes) -> None:
    """Raises `RefusedDocumentError` if a stream, or all together, are too large after decompression."""
    total = 0
    for count, (start, end) in enumerate(_streams(content)):
        if count >= MAX_STREAMS:
            raise RefusedDocumentError(SkipReason.TOO_COMPLEX, f"more than {MAX_STREAMS} streams")
        total += _decompressed_size(content[start:end])
        if total > MAX_TOTAL_BYTES:
            raise _too_large("all streams", MAX_TOTAL_BYTES)


def _streams(content: bytes) -> Iterator[tuple[int, int]]:
    """Start and end of the data of each stream that is not a picture."""
    for found in _STREAM.finditer(content):
        start = found.end()
        dictionary = content[max(0, found.start() - _DICTIONARY_WINDOW) : found.start()]
        if _PICTURE.search(dictionary[dictionary.rfind(b" obj") + 1 :]):
            continue
        end = content.find(b"endstream", start)
        yield start, end if end >= 0 else len(content)


def _decompressed_size(data: bytes) -> int:
    """The size of the largest layer: a stream can be compressed several times."""
    largest = 0
    for _ in range(_MAX_LAYERS):
        if not _has_zlib_header(data):
            break
        data, size = _decompress(data)
        largest = max(largest, size)
    return largest


def _has_zlib_header(data: bytes) -> bool:
    return len(data) > 1 and data[0] & 0x0F == 8 and (data[0] << 8 | data[1]) % 31 == 0


def _decompress(data: bytes) -> tuple[bytes, int]:
    """The decompressed data, or only its start if it is not compressed again, and its size."""
    decompressor = zlib.decompressobj()
    kept, size, rest = b"", 0, data
    while rest and not decompressor.eof:
        try:
            part = decompressor.decompress(rest, _STEP)
        except zlib.error:  # damaged: readers show what comes before
            break
        if not kept or _has_zlib_header(kept):
            kept += part
        size += len(part)
        rest = decompressor.unconsumed_tail
        if size > MAX_STREAM_BYTES:
            raise _too_large("one stream", MAX_STREAM_BYTES)
    return kept, size


def _too_large(what: str, limit: int) -> RefusedDocumentError:
    detail = f"{what} would need more than {limit // 1_000_000} MB"
    return RefusedDocumentError(SkipReason.TOO_COMPLEX, detail)
