"""Find the grams of many sentences in a model at once: each gram of a sentence is one integer.

The sentence is in the low bits, then come the numbers of up to three words, and the kind of the gram on top.
Sorting these integers gives the distinct grams of the sentences in the order in which a binary search is
fastest. `word_grams.grams_of` defines which grams a sentence has.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from itertools import chain, repeat
from typing import Any

import numpy as np

from bot.summarize.word_statistics import Ints

FIRST_WORDS = 6
_CHARACTERS = 1_000
_TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|[^\w\s]")
_KINDS = {"<": 1, "^": 2, "$": 3}
"""The kind of a gram by its first character; words and pairs of words are kind 0."""
_WORD_BITS = 18
_SENTENCE_BITS = 6
SENTENCES_AT_ONCE = 1 << _SENTENCE_BITS
"""If each character of 64 sentences is a new word, there are 64,000 new words, which still have numbers."""
_NO_WORD = (1 << _WORD_BITS) - 1
MAX_WORDS = _NO_WORD - SENTENCES_AT_ONCE * _CHARACTERS - 2
"""The most words that a model may know."""


def tokens(text: str) -> list[str]:
    """The words and marks of a sentence, in lower case."""
    found: list[str] = _TOKEN.findall(text[:_CHARACTERS].lower().replace("’", "'"))
    return found


class GramIndex:
    """The place of each gram in a list of grams. Raises ValueError for more than `MAX_WORDS` words."""

    def __init__(self, grams: Sequence[str]) -> None:
        number: dict[str, int] = {}
        packed = array("q")  # one gram after another: lists of their words would take ten times the memory
        for gram in grams:
            kind = _KINDS.get(gram[:1], 0) if gram[1:2] not in ("", " ") else 0
            words = (gram[1:] if kind else gram).split(" ")
            key = kind
            for word in words:
                key = key << _WORD_BITS | number.setdefault(word, len(number) + 1)
            packed.append(key << _WORD_BITS * (3 - len(words)))
        if len(number) > MAX_WORDS:
            raise ValueError(f"{len(number)} words are more than {MAX_WORDS}")
        keys = np.array(packed, dtype=np.int64)
        # the end is above all keys, so that each search ends at a key
        self._place = np.append(np.argsort(keys), len(grams))
        self._keys = np.append(np.sort(keys), np.iinfo(np.int64).max)
        self._number = number

    def places(self, texts: Sequence[str]) -> tuple[Ints, Ints]:
        """Each distinct gram of each text: its place in the list of grams, and the number of the text.

        A gram that is not in the list has the place after the last one. At most `SENTENCES_AT_ONCE` texts.
        """
        rows = [tokens(text) for text in texts]
        sizes = np.array([len(row) for row in rows], dtype=np.int64)
        found = np.sort(np.concatenate([*_grams(self._numbers(rows), sizes), *self._of_empty(sizes)]))
        found = found[np.concatenate([[True], found[1:] != found[:-1]])]
        keys = found >> _SENTENCE_BITS
        near = np.searchsorted(self._keys, keys)
        places = self._place.take(np.where(self._keys.take(near) == keys, near, len(self._keys) - 1))
        return places, found & (SENTENCES_AT_ONCE - 1)

    def _of_empty(self, sizes: Ints) -> list[Ints]:
        """The grams of sentences without words: only the marks of their first and of their last word."""
        sentences = np.flatnonzero(sizes == 0)
        numbers = (self._number.get(mark, _NO_WORD - at) for at, mark in enumerate("^$"))
        return [_keys(0, number, 0, 0) << _SENTENCE_BITS | sentences for number in numbers]

    def _numbers(self, rows: Sequence[Sequence[str]]) -> Ints:
        """The numbers of all words; a word that no gram has gets a number for these texts."""
        words = list(chain.from_iterable(rows))
        numbers = np.fromiter(map(self._number.get, words, repeat(0)), np.int64, len(words))
        new: dict[str, int] = {}
        for at in np.flatnonzero(numbers == 0).tolist():
            word = "0" if words[at].isdigit() else words[at]
            number = self._number.get(word) or new.setdefault(word, len(self._number) + 1 + len(new))
            numbers[at] = number
        return numbers


def _grams(words: Ints, sizes: Ints) -> list[Ints]:
    """The grams with their sentences, also repeated ones; `words` are all words, `sizes` how many of each."""
    number = np.flatnonzero(sizes)
    sizes = sizes[number]
    end = np.cumsum(sizes)
    sentence = np.repeat(number, sizes)
    inner = np.flatnonzero(sentence[1:] == sentence[:-1])
    # the first words of each sentence, a row for each place; 0 where the sentence is shorter
    place = np.arange(FIRST_WORDS)[:, None]
    first = np.where(place < sizes, words.take(end - sizes + place, mode="clip"), 0)
    last, before = words[end - 1], np.where(sizes > 1, words.take(end - 2, mode="clip"), 0)
    grams = [
        (sentence, _keys(0, words, 0, 0)),
        (sentence[inner], _keys(0, words[inner], words[inner + 1], 0)),
        (number, _keys(3, last, 0, 0)),
        (number, np.where(before > 0, _keys(3, before, last, 0), _keys(3, last, 0, 0))),
    ]
    for size in range(1, 4):
        grams.append((number, _keys(2, *first[:size], *(0,) * (3 - size))))
        count = FIRST_WORDS + 1 - size
        keys = _keys(1, *(first[at : at + count] for at in range(size)), *(0,) * (3 - size))
        there = first[size - 1 :] > 0
        grams.append((np.broadcast_to(number, there.shape)[there], keys[there]))
    return [keys << _SENTENCE_BITS | at for at, keys in grams]


def _keys(kind: Any, one: Any, two: Any, three: Any) -> Any:
    """The integers of grams; 0 for a word that a gram does not have."""
    return ((kind << _WORD_BITS | one) << _WORD_BITS | two) << _WORD_BITS | three
