"""Features of the text of blocks: shares of capitals, digits and punctuation, how it starts and ends.

They mean the same in every script. Scripts without capital letters get the share that prose has in English,
and in Thai, Lao, Khmer and Burmese, which separate phrases by spaces, spaces count as punctuation and a long
text counts as sentences.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from bot.extract.alignment import Floats

_SENTENCE_ENDS = (
    ".",
    "!",
    "?",
    "。",
    "！",
    "？",
    "।",
    "؟",
    "۔",
    "…",
    '"',
    "”",
    "»",
    "“",
    "’",
    "」",
    ":",
    ")",
)
_PUNCTUATION = frozenset(",.;:!?，。、；：！？،؛؟।۔")
_ADDRESS = re.compile(r"https?:|www\.|@|©|\.com\b")
_NUMBERED = re.compile(r"\(?#?\d{1,3}\s*(?:/|of\b|von\b|de\b|\.|\))")
_PROSE_CAPITALS = 0.03
_MIN_PROSE_WORDS = 10
_UPPER, _LOWER, _DIGIT, _MARK, _SPACE, _PHRASED = 1, 2, 4, 8, 16, 32
_PHRASED_SCRIPTS = ((0x0E00, 0x0F00), (0x1000, 0x10A0), (0x1780, 0x1800))
"""Thai and Lao, Burmese, Khmer."""
_TABLE_SIZE = 0x10000
_HALF = 0.5


def text_shape(texts: Sequence[str], words: Floats) -> dict[str, Floats]:
    """One value for each text and feature; `words` are the numbers of words of the texts, at least 1."""
    sizes = np.array([len(text) for text in texts], dtype=np.int64)
    starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    kinds = _character_kinds("".join(texts))

    def count(bit: int) -> Floats:
        return np.add.reduceat((kinds & bit) > 0, starts, dtype=np.float64)

    upper, lower, phrased = count(_UPPER), count(_LOWER), count(_PHRASED)
    in_phrases = phrased > _HALF * sizes
    marks = np.where(in_phrases, count(_SPACE), count(_MARK))
    ends = np.array([text.endswith(_SENTENCE_ENDS) for text in texts], dtype=np.bool_)
    return {
        "capitals": np.where(upper + lower > 0, upper / sizes, _PROSE_CAPITALS),
        "digits": count(_DIGIT) / sizes,
        "punctuation": marks / words,
        "sentence": (ends | (in_phrases & (words >= _MIN_PROSE_WORDS))).astype(np.float64),
        "colon": np.array([text.endswith((":", "：")) for text in texts], dtype=np.float64),
        "question": np.array([text.endswith(("?", "？", "؟")) for text in texts], dtype=np.float64),
        "lower_start": np.array([text[:1].islower() for text in texts], dtype=np.float64),
        "address": np.array([_has_address(text) for text in texts], dtype=np.float64),
        "numbered": np.array([_is_numbered(text) for text in texts], dtype=np.float64),
    }


def _has_address(text: str) -> bool:
    # to test for letters first is much faster than the pattern
    if "@" in text or "©" in text:
        return True
    return ("http" in text or "www." in text or ".com" in text) and bool(_ADDRESS.search(text))


def _is_numbered(text: str) -> bool:
    return (text[:1].isdigit() or text[:1] in ("(", "#")) and bool(_NUMBERED.match(text))


def _character_kinds(text: str) -> NDArray[np.uint8]:
    codes = np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32)
    return _kind_table()[np.minimum(codes, _TABLE_SIZE - 1)]


@cache
def _kind_table() -> NDArray[np.uint8]:
    """The kinds of each character of the basic multilingual plane, as bits."""
    table = np.zeros(_TABLE_SIZE, dtype=np.uint8)
    for code in range(min(_TABLE_SIZE - 1, sys.maxunicode)):
        category = unicodedata.category(chr(code))
        table[code] = _CATEGORY_BITS.get(category, 0)
    for mark in _PUNCTUATION:
        table[ord(mark)] |= _MARK
    table[ord(" ")] |= _SPACE
    for start, end in _PHRASED_SCRIPTS:
        table[start:end] |= _PHRASED
    return table


_CATEGORY_BITS = {"Lu": _UPPER, "Ll": _LOWER, "Nd": _DIGIT}
