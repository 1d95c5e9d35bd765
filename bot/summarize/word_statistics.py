"""Count the words of an article once, for all parts of Precis' own method."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from operator import itemgetter

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray

from bot.core.word_runs import apostrophe_words
from bot.summarize import language_resources
from bot.summarize.word_tokens import MAX_WORDS, to_words

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
PREFIX_LENGTH = 6
"""Words are compared by this many letters: almost as good as a stemmer in any language, and much faster."""


class Vocabulary(Struct):
    """Numbers for words. Words with the same first letters share a number; stop words have their own."""

    stop_words: frozenset[str]
    numbers: dict[str, int] = field(default_factory=dict)
    number_of_spelling: dict[str, int] = field(default_factory=dict)
    is_content: list[bool] = field(default_factory=list)

    def number(self, word: str) -> int:
        found = self.number_of_spelling.get(word)
        if found is None:
            plain = word.lower().replace("’", "'").removesuffix("'s")
            found = self.number_of_spelling[word] = self._add(plain)
        return found

    def _add(self, word: str) -> int:
        content = len(word) > 1 and word not in self.stop_words
        key = word[:PREFIX_LENGTH] if content else "\0" + word
        if key not in self.numbers:
            self.numbers[key] = len(self.is_content)
            self.is_content.append(content)
        return self.numbers[key]


class SparseCounts(Struct, frozen=True):
    """How often each sentence contains each item: three columns of equal length, sorted by sentence."""

    sentence: Ints
    item: Ints
    count: Ints


class WordStatistics:
    """Counts over the sentences of one article.

    `word_numbers` are the words of all sentences, `sentence_numbers` the sentence of each of them, and
    `content_words` the content words of each sentence.
    """

    def __init__(self, texts: Sequence[str], title: str, language: str) -> None:
        self.vocabulary = Vocabulary(language_resources.stop_words(language))
        number = self.vocabulary.number
        spelled = [_words_of(text) for text in texts]
        self.lengths: Ints = np.array([len(sentence) for sentence in spelled], dtype=np.int64)
        words = list(chain.from_iterable(spelled))
        for word in dict.fromkeys(words):  # each spelling once
            number(word)
        numbers = map(self.vocabulary.number_of_spelling.__getitem__, words)
        self.word_numbers: Ints = np.fromiter(numbers, np.int64, len(words))
        self.is_capitalised = np.fromiter(map(str.isupper, map(itemgetter(0), words)), np.bool_, len(words))
        content = self.vocabulary.is_content
        self.title = {n for n in map(number, to_words(title)) if content[n]}
        self.is_content = np.array(content, dtype=bool)
        self._count()

    def _count(self) -> None:
        """Count the content words by sentence."""
        self.sentence_numbers: Ints = np.repeat(np.arange(len(self.lengths)), self.lengths)
        kept = self.is_content[self.word_numbers]
        self.vocabulary_size = len(self.is_content)
        self.content_words = count_items(
            self.sentence_numbers[kept], self.word_numbers[kept], self.vocabulary_size
        )
        self.sentence_counts: Ints = np.bincount(self.content_words.item, minlength=self.vocabulary_size)
        self.occurrences: Ints = np.bincount(self.word_numbers, minlength=self.vocabulary_size)
        self.in_title = np.zeros(self.vocabulary_size, dtype=bool)
        self.in_title[list(self.title)] = True

    def __len__(self) -> int:
        return len(self.lengths)


def _words_of(text: str) -> list[str]:
    """As `to_words`; apostrophes may be straight, which makes no difference for `Vocabulary`."""
    words = apostrophe_words(text)
    return to_words(text) if words is None else words[:MAX_WORDS]


def count_items(sentence: Ints, item: Ints, size: int) -> SparseCounts:
    """Count the distinct pairs of `sentence` and `item`; `size` is the number of items."""
    keys, count = np.unique(sentence * max(1, size) + item, return_counts=True)
    return SparseCounts(keys // max(1, size), keys % max(1, size), count)
