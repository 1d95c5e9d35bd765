"""Shortens the texts in JSON while it arrives, before it is parsed.

A page of a listing contains the texts of strangers. The longest texts that servers accept make it many times
larger than Precis needs, so each is cut at the length at which `valid_text` cuts it anyway.
"""

from __future__ import annotations

import codecs
import json
import re

from bot.core.lazy_patterns import lazy_pattern
from bot.core.valid_text import MAX_LENGTH, valid_text

MAX_SHORTENED = 8 * 1024 * 1024
"""Bytes that are kept. Python needs four times as much memory if one character is an emoji."""
MAX_OUTSIDE_TEXTS = 2 * 1024 * 1024
"""Bytes. 50 posts have about 100 kB."""
MAX_VALUES = 400_000
"""Brackets, colons and commas outside texts. A page of 50 posts has about 15,000."""

_PIECE = 64 * 1024
"""Bytes that are searched at once, which takes less than a millisecond."""
_MAX_RAW = 12 * MAX_LENGTH
"""Bytes of a text that is cut: a character has up to 12 (an emoji as two escapes)."""
_IN_TEXT = lazy_pattern(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
_WHOLE_ESCAPES = lazy_pattern(rb"(?:[^\\]++|\\u[0-9a-fA-F]{4}|\\[^u])*+", re.DOTALL)
_MARKS = b"[{:,"


class JsonShortener:
    """The text of a JSON value, which arrives in chunks, with long texts cut.

    Raises OverflowError if the rest is still too large. Other errors in the JSON remain for the parser.
    """

    def __init__(self) -> None:
        self._kept = bytearray()
        self._text: bytearray | None = None
        """The beginning of the text that has not ended yet."""
        self._text_length = 0
        self._rest = b""
        """A backslash whose next character has not arrived yet."""
        self._outside = 0
        self._values = 0

    def feed(self, chunk: bytes) -> None:
        for start in range(0, len(chunk), _PIECE):
            self._feed_piece(self._rest + chunk[start : start + _PIECE])

    def end(self) -> bytes:
        """What is kept of the value."""
        if self._text is not None:
            raise ValueError("the response ends within a text")
        return bytes(self._kept)

    def _feed_piece(self, piece: bytes) -> None:
        self._rest = b""
        outside: list[bytes] = []
        at = 0
        while at < len(piece):
            if self._text is None:
                end = piece.find(b'"', at)
                end = len(piece) if end < 0 else end + 1
                outside.append(piece[at:end])
                self._kept += outside[-1]
                if piece[end - 1 : end] == b'"':
                    self._text, self._text_length = bytearray(), 0
            else:
                end = self._read_text(self._text, piece, at)
            at = end
        self._check_size(b"".join(outside))

    def _read_text(self, text: bytearray, piece: bytes, start: int) -> int:
        """Read on in a text. Returns the end of what was read."""
        match = _IN_TEXT.match(piece, start)
        assert match is not None  # the pattern also matches nothing
        end = match.end()
        self._text_length += end - start
        text += piece[start : min(end, start + _MAX_RAW - len(text))]
        if end == len(piece):
            return end
        if piece[end : end + 1] == b"\\":
            self._rest = piece[end:]
            return len(piece)
        self._kept += bytes(text) if self._text_length <= MAX_LENGTH else _cut(bytes(text))
        self._kept += b'"'
        self._text = None
        return end + 1

    def _check_size(self, outside: bytes) -> None:
        self._outside += len(outside)
        self._values += sum(outside.count(mark) for mark in _MARKS)
        if self._outside > MAX_OUTSIDE_TEXTS or self._values > MAX_VALUES:
            raise OverflowError("the response has too many values")
        if len(self._kept) > MAX_SHORTENED:
            raise OverflowError("the response is too large")


def _cut(raw: bytes) -> bytes:
    """The first `MAX_LENGTH` characters of a text, which may end within a character or an escape."""
    match = _WHOLE_ESCAPES.match(raw)
    assert match is not None  # the pattern also matches nothing
    whole = codecs.getincrementaldecoder("utf-8")().decode(match[0])
    text = valid_text(json.loads(f'"{whole}"'))
    return json.dumps(text, ensure_ascii=False)[1:-1].encode()
