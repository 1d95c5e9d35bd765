"""Tell text from mojibake: text that was decoded with another encoding than the one it was written in."""

from __future__ import annotations

import re

_INVALID = re.compile("[\ufffd\x80-\x84\x86-\x9f\ue000-\uf8ff]+")
"""What decoders return for bytes without a character: U+FFFD, C1 controls, the private use area."""
_RUN = re.compile("[\xa1-ÿ‚„†‡•…‰‹›€ƒˆ˜™“”‘’–—ŠšŽžŒœŸ]{3,}")
_LATIN_1_LETTER = re.compile("[À-ÿ]")
"""Languages in Latin letters have few runs with several accented letters. Other scripts decoded as Latin
consist of them."""
_PAIR = re.compile("[ÂÃ][\x80-¿‚„†‡•…‰‹›€ƒˆ˜™“”‘’–—ŠšŽžŒœŸ]|â€[^\\s\\w]|ï¿½")
"""UTF-8 decoded as windows-1252: "Ã©" for "é"."""
_HALF_WIDTH = re.compile("[\uff61-\uff9f]+")
"""Katakana of half width: other encodings decoded as Shift_JIS."""
_CYRILLIC = re.compile("[\u0400-\u04ff]+")
_CYRILLIC_UPPER = re.compile("[Ѐ-Я]+")
_RAISED = re.compile("[а-я][А-Я]")
"""A capital after a small letter: KOI8-R and windows-1251 have them in each other's places."""
_MIXED = re.compile("[A-Za-z][\u0370-\u06ff\u0e00-\u0e7f]|[\u0370-\u06ff\u0e00-\u0e7f][A-Za-z]")
"""Words of two scripts: languages in Latin letters decoded as another script."""

_MAX_SHARE = 0.3
_MIN_CHARACTERS = 20
"""Fewer suspicious characters may be a name or a decoration."""
_MIN_PAIRS = 5
_MAX_INVALID_SHARE = 0.05
_MAX_UNREADABLE_SHARE = 0.015
"""Of all characters of the visible text. A menu with a garbled name in it stays below."""


def decoding_faults(text: str) -> float:
    """The share of the non-ASCII characters that speak against the encoding: 0 for text, 1 for mojibake."""
    size = _count_not_ascii(text)
    if not size:
        return 0.0
    invalid = _count(_INVALID, text) / size
    return max(invalid if invalid > _MAX_INVALID_SHARE else 0.0, _mojibake_share(text, size))


def is_unreadable(text: str) -> bool:
    """Whether the visible text of a page cannot be read, whatever encoding was tried."""
    size = _count_not_ascii(text)
    if size <= _MAX_UNREADABLE_SHARE * len(text):
        return False
    invalid = _count(_INVALID, text)
    garbled = _mojibake_share(text, size) * size
    return max(invalid, garbled) > _MAX_UNREADABLE_SHARE * len(text)


def _mojibake_share(text: str, size: int) -> float:
    """The share of mojibake among `size` non-ASCII characters; 0 where it may be chance."""
    runs = sum(len(run) for run in _RUN.findall(text) if len(_LATIN_1_LETTER.findall(run)) > 1)
    pairs = len(_PAIR.findall(text))
    mixed = len(_MIXED.findall(text))
    half_width = _count(_HALF_WIDTH, text)
    suspicious = (
        runs if runs >= _MIN_CHARACTERS else 0,
        2 * pairs if pairs >= _MIN_PAIRS else 0,
        2 * mixed if mixed >= _MIN_CHARACTERS else 0,
        half_width if half_width > _MAX_SHARE * len(text) else 0,
        size if _has_swapped_case(text) else 0,
    )
    share = max(suspicious) / size
    return min(share, 1.0) if share > _MAX_SHARE else 0.0


def _has_swapped_case(text: str) -> bool:
    letters = _count(_CYRILLIC, text)
    return (
        letters >= _MIN_CHARACTERS
        and _count(_CYRILLIC_UPPER, text) > 0.6 * letters
        and len(_RAISED.findall(text)) > 0.01 * letters
    )


def _count_not_ascii(text: str) -> int:
    return len(text) - len(text.encode("ascii", "ignore"))


def _count(pattern: re.Pattern[str], text: str) -> int:
    """The number of characters in the matches."""
    return sum(map(len, pattern.findall(text)))
