"""The words of a sentence as the signals count them: as written, and in lower case."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from bot.core.word_runs import joined_words

MAX_CHARACTERS = 1_500
"""Only this many characters of a sentence are read: a longer one is a list, and is never picked."""
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


class SentenceWords(NamedTuple):
    """The part of a sentence that is read, and its words."""

    text: str
    words: list[str]
    """As written; apostrophes may be straight."""
    lower: list[str]
    """The words in lower case, with straight apostrophes."""


def sentence_words(texts: Sequence[str]) -> list[SentenceWords]:
    """The words of each sentence."""
    return [_words_of(text[:MAX_CHARACTERS]) for text in texts]


def _words_of(text: str) -> SentenceWords:
    words = joined_words(text)
    if words is not None:
        return SentenceWords(text, words, [word.lower() for word in words])
    words = _WORD.findall(text)
    lower = [word.lower() for word in words]
    if "’" in text:
        lower = [word.replace("’", "'") for word in lower]
    return SentenceWords(text, words, lower)
