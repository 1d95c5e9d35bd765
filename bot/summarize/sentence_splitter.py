"""Split a text into sentences, as offsets: the text itself is not changed.

sentencex (Wikimedia) proposes where sentences start. Our rules correct what it does not know about news:
quotation marks, missing spaces, initials, ordinals. Every rule reads a window of fixed size around a proposed
position, so that the time is linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.summarize import east_asian_sentences, sentence_boundaries
from bot.summarize.sentence_rules import BoundaryRules, boundary_rules

try:
    from sentencex import get_sentence_boundaries as _sentencex_boundaries
except ImportError:  # sentencex needs a compiled wheel; without one, the pattern below is almost as good
    _sentencex_boundaries = None

Span = tuple[int, int]

_MAX_PIECE = 4_000
_MAX_MARKER = 12
_LINE = re.compile(r"[^\r\n\u2028\u2029\x0b\x0c\x85]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_DOUBLE_QUOTES = re.compile("[“”„‟«»•‣▪]")
_FALLBACK = re.compile(r"[.!?…]+['’)\]]*\s+(?=\S)")
_LEADING_MARKER = re.compile(r"\s*(?:\(?\w{1,3}[.)]|[•*‣▪–-]+)\s*\Z")


def split_sentences(text: str, language: str = "") -> list[Span]:
    """The start and end of each sentence of `text`, in order, without the white space around it.

    `language` is ISO 639-1 or "". A sentence never spans two lines.
    """
    rules = boundary_rules(language)
    return [
        span for line in _LINE.finditer(text) for span in _spans(line.group(), line.start(), language, rules)
    ]


def _spans(line: str, offset: int, language: str, rules: BoundaryRules) -> Iterator[Span]:
    start = 0
    for position in [*_starts(line, language, rules), len(line)]:
        if (
            position < len(line)
            and position - start <= _MAX_MARKER
            and _LEADING_MARKER.match(line[start:position])
        ):
            continue  # "1." alone is not a sentence
        piece = line[start:position]
        if piece.strip():
            yield (
                offset + start + len(piece) - len(piece.lstrip()),
                offset + position - len(piece) + len(piece.rstrip()),
            )
        start = position


def _starts(line: str, language: str, rules: BoundaryRules) -> list[int]:
    """The positions in `line` where a new sentence starts, ascending."""
    if east_asian_sentences.is_ideographic(line):
        return east_asian_sentences.ideographic_starts(line)
    native_stops = sentence_boundaries.has_native_full_stops(line)
    positions = {
        sentence_boundaries.adjust_boundary(line, position) for position in _candidates(line, language, rules)
    }
    starts = [
        position
        for position in sorted(positions)
        if 0 < position < len(line)
        and not sentence_boundaries.is_same_sentence(line, position, rules, native_stops=native_stops)
    ]
    if not east_asian_sentences.has_hangul(line):
        return starts
    pairs = east_asian_sentences.find_pairs(line)
    return [at for at in starts if not east_asian_sentences.is_same_sentence(line, at, pairs)]


def _candidates(line: str, language: str, rules: BoundaryRules) -> Iterator[int]:
    yield from sentence_boundaries.candidate_boundaries(line, rules)
    masked = line.replace('"', " ")
    if not line.isascii():
        masked = _DOUBLE_QUOTES.sub(" ", _SURROGATE.sub("\ufffd", masked))
    if _sentencex_boundaries is None:
        yield from (found.end() for found in _FALLBACK.finditer(masked))
        return
    for start, piece in _pieces(masked):
        yield from (start + found["start_index"] for found in _sentencex_boundaries(language or "en", piece))


def _pieces(line: str) -> Iterator[tuple[int, str]]:
    """`line` in pieces, if possible split after full stops: sentencex is quadratic for some texts."""
    start = 0
    while len(line) - start > _MAX_PIECE:
        end = line.rfind(". ", start, start + _MAX_PIECE) + 2
        end = end if end > start + 2 else start + _MAX_PIECE
        yield start, line[start:end]
        start = end
    yield start, line[start:]
