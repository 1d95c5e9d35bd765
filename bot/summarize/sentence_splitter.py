"""A text into its sentences, on offsets: nothing of the text is changed.

sentencex (Wikimedia) proposes where sentences start, and a thin layer of rules mends what it does
not know of news: quotation marks, glued sentences, initials, ordinals. Every rule looks at a window
of fixed size around a proposed place, so that time grows with the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.summarize import sentence_boundaries
from bot.summarize.sentence_boundaries import BoundaryRules

try:
    from sentencex import get_sentence_boundaries as _sentencex_boundaries
except ImportError:  # a compiled wheel: where there is none, the pattern below does nearly as well
    _sentencex_boundaries = None

Span = tuple[int, int]

_MAX_PIECE = 4_000
_MAX_MARKER = 12
_LINE = re.compile(r"[^\r\n\u2028\u2029\x0b\x0c\x85]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_DOUBLE_QUOTES = str.maketrans(dict.fromkeys('"“”„‟«»•‣▪', " "))
_FALLBACK = re.compile(r"[.!?…]+['’)\]]*\s+(?=\S)")
_LEADING_MARKER = re.compile(r"\s*(?:\(?\w{1,3}[.)]|[•*‣▪–-]+)\s*\Z")


def split_sentences(text: str, language: str = "") -> list[Span]:
    """Where each sentence of `text` starts and ends, in order, white space around it left out.

    `language` is ISO 639-1 or "". No sentence goes over the end of a line.
    """
    rules = sentence_boundaries.boundary_rules(language)
    return [
        span for line in _LINE.finditer(text) for span in _spans(line.group(), line.start(), language, rules)
    ]


def _spans(line: str, offset: int, language: str, rules: BoundaryRules) -> Iterator[Span]:
    start = 0
    for place in [*_starts(line, language, rules), len(line)]:
        if place < len(line) and place - start <= _MAX_MARKER and _LEADING_MARKER.match(line[start:place]):
            continue  # "1." alone is no sentence
        piece = line[start:place]
        if piece.strip():
            yield (
                offset + start + len(piece) - len(piece.lstrip()),
                offset + place - len(piece) + len(piece.rstrip()),
            )
        start = place


def _starts(line: str, language: str, rules: BoundaryRules) -> list[int]:
    """Where a new sentence starts within `line`, ascending."""
    places = {
        sentence_boundaries.adjust_boundary(line, place) for place in _candidates(line, language, rules)
    }
    return sorted(
        place
        for place in places
        if 0 < place < len(line) and not sentence_boundaries.is_same_sentence(line, place, rules)
    )


def _candidates(line: str, language: str, rules: BoundaryRules) -> Iterator[int]:
    yield from sentence_boundaries.candidate_boundaries(line, rules)
    masked = _SURROGATE.sub("\ufffd", line).translate(_DOUBLE_QUOTES)
    if _sentencex_boundaries is None:
        yield from (found.end() for found in _FALLBACK.finditer(masked))
    elif "。" not in line:  # Chinese and Japanese have their own rule
        for start, piece in _pieces(masked):
            yield from (
                start + found["start_index"] for found in _sentencex_boundaries(language or "en", piece)
            )


def _pieces(line: str) -> Iterator[tuple[int, str]]:
    """`line` in pieces ending with a full stop where they can: some texts take sentencex their square."""
    start = 0
    while len(line) - start > _MAX_PIECE:
        end = line.rfind(". ", start, start + _MAX_PIECE) + 2
        end = end if end > start + 2 else start + _MAX_PIECE
        yield start, line[start:end]
        start = end
    yield start, line[start:]
