"""A text into its sentences, on offsets: nothing of the text is changed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import sentencex

Span = tuple[int, int]

_LINE = re.compile(r"[^\r\n\u2028\u2029\x0b\x0c\x85]+")
_SURROGATE = re.compile("[\ud800-\udfff]")


def split(text: str, language: str = "") -> list[Span]:
    """Where each sentence of `text` starts and ends, in order, white space around it left out."""
    return [
        span for line in _LINE.finditer(text) for span in _sentences(text, line.start(), line.end(), language)
    ]


def _sentences(text: str, start: int, end: int, language: str) -> Iterator[Span]:
    line = _SURROGATE.sub("\ufffd", text[start:end])
    for found in sentencex.get_sentence_boundaries(language or "en", line):
        span = _trim(text, start + found["start_index"], start + found["end_index"])
        if span[0] < span[1]:
            yield span


def _trim(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())
