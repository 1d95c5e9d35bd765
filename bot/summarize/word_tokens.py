"""Split a text of any script into words, and count words as a person would."""

from __future__ import annotations

import re
from collections.abc import Iterable

MAX_WORDS = 200
"""Only this many words of a sentence are read; a longer one is not a sentence but a list or an attack."""

# Scripts written without spaces: Thai, Lao, Myanmar, Khmer, kana and Han (Hangul has spaces).
_UNSPACED = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
    r"\u3005-\u3007\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_UNSPACED_RUN = re.compile(rf"[{_UNSPACED}]+")
_MAY_BE_UNSPACED = re.compile("[\u0e00-\u17ff\u3005-\U0010ffff]")
"""Two ranges, which are searched faster than the scripts, and have no dashes or curly quotation marks."""
_SPACED = rf"(?:(?![{_UNSPACED}])[^\W_])+"
_SPACED_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_WORD = re.compile(rf"[{_UNSPACED}]+|{_SPACED}(?:['’]{_SPACED})*")


def to_words(text: str, limit: int = MAX_WORDS) -> list[str]:
    """The words of `text` as written; runs of a script without spaces as overlapping pairs of characters.

    For comparing texts, pairs of characters are about as good as the words of a segmenter
    (Kwok 1997, "Comparing representations in Chinese information retrieval").
    """
    if not _has_unspaced(text):
        return _SPACED_WORD.findall(text)[:limit]
    words: list[str] = []
    for match in _WORD.finditer(text):
        if len(words) >= limit:
            break
        words.extend(_character_pairs(match.group()))
    return words[:limit]


def _has_unspaced(text: str) -> bool:
    return bool(not text.isascii() and _MAY_BE_UNSPACED.search(text) and _UNSPACED_RUN.search(text))


def _character_pairs(word: str) -> Iterable[str]:
    if not _UNSPACED_RUN.match(word) or len(word) == 1:
        return (word,)
    return (word[i : i + 2] for i in range(len(word) - 1))


def without_possessive(word: str) -> str:
    if not word.endswith("s"):  # one call for most words
        return word
    return word.removesuffix("'s").removesuffix("’s")


def count_words(text: str) -> int:
    """How many words a person would count: the text between spaces.

    Two characters of a script without spaces count as one word.
    """
    if not _has_unspaced(text):
        return len(text.split())
    spread = _UNSPACED_RUN.sub(lambda run: " x" * ((len(run.group()) + 1) // 2) + " ", text)
    return sum(any(map(str.isalnum, token)) for token in spread.split())
