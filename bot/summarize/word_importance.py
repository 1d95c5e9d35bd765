"""How likely a reader's own summary is to hold a word, or a pair of neighbouring words, of the article.

A logistic regression on counts put into bins; the tables are in data/weights.json and are fitted by
`benchmarks/fit_summaries.py`. Word probabilities as a measure of content: Nenkova and Vanderwende
2005, "The impact of frequency on summarization"; bigrams as the units to be covered: Gillick and
Favre 2009, "A scalable global model for summarization".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from bot.summarize.word_statistics import Floats, Ints, SparseCounts, WordStatistics

# Where the bins end: a count below the first edge falls into the first bin, and so on.
EDGES: Mapping[str, Sequence[float]] = {
    "sentences": (2, 3, 4, 6),
    "first_sentence": (1, 2, 3, 6, 11, 21),
    "words_before": (10, 25, 50, 100, 200),
    "in_title": (1, 2),
    "title_words_beside": (1, 2, 3, 4),
    "spread": (1e-9, 0.25, 0.5, 0.75),
    "per_hundred": (0.15, 0.3, 0.6, 1, 1.5),
    "article_words": (200, 350, 600, 1000),
    "stop_words": (1, 2, 3),
    "capitals": (1, 2, 3),
    "first_count": (1, 2, 3, 5),
    "second_count": (1, 2, 3, 5),
}

Bins = dict[str, Ints]


def word_bins(text: WordStatistics) -> Bins:
    """For each word number, the bin of each feature. Words that carry no content get bins too."""
    first, last = _first_and_last(text)
    beside = _title_words_beside(text)
    total = max(1, len(text.word_numbers))
    return _binned(
        {
            "sentences": text.sentence_counts,
            "first_sentence": first,
            "words_before": _first_place(text),
            "in_title": text.in_title,
            "title_words_beside": beside,
            "spread": (last - first) / max(1, len(text)),
            "per_hundred": 100 * text.times / total,
            "article_words": np.full(text.vocabulary_size, total),
        }
    )


def pair_bins(text: WordStatistics) -> tuple[Bins, SparseCounts]:
    """For each distinct pair of neighbouring words, the bin of each feature; and who holds which."""
    left, right, row, at = _neighbours(text)
    keys, start, item = np.unique(
        left * max(1, text.vocabulary_size) + right, return_index=True, return_inverse=True
    )
    held = _held(row, item, len(keys))
    stop = ~text.is_content
    a, b = left[start], right[start]
    values = {
        "sentences": np.minimum(np.bincount(held.item, minlength=len(keys)), 3),
        "first_sentence": row[start],
        "words_before": at[start],
        "in_title": text.in_title[a].astype(np.int64) + text.in_title[b],
        "stop_words": stop[a] + 2 * stop[b],
        "capitals": text.is_capital[at[start]] + 2 * text.is_capital[at[start] + 1],
        "first_count": np.where(stop[a], 0, text.times[a]),
        "second_count": np.where(stop[b], 0, text.times[b]),
        "article_words": np.full(len(keys), len(text.word_numbers)),
    }
    return _binned(values), held


def pair_keys(text: WordStatistics) -> Ints:
    """The distinct pairs in the order of `pair_bins`: first word number times vocabulary plus second."""
    left, right, _, _ = _neighbours(text)
    return np.unique(left * max(1, text.vocabulary_size) + right)


def probabilities(bins: Bins, table: Mapping[str, Any]) -> Floats:
    """The logistic of the intercept and each feature's log-odds in its bin."""
    odds = sum(np.asarray(table[name], dtype=float)[found] for name, found in bins.items())
    result: Floats = 1 / (1 + np.exp(-(table["intercept"] + odds)))
    return result


def _binned(values: Mapping[str, Any]) -> Bins:
    return {name: np.digitize(value, EDGES[name]) for name, value in values.items()}


def _first_and_last(text: WordStatistics) -> tuple[Ints, Ints]:
    first, last = (
        np.zeros(text.vocabulary_size, dtype=np.int64),
        np.zeros(text.vocabulary_size, dtype=np.int64),
    )
    first[text.word_numbers[::-1]] = text.row[::-1]  # of several assignments to one place, the last holds
    last[text.word_numbers] = text.row
    return first, last


def _first_place(text: WordStatistics) -> Ints:
    place = np.zeros(text.vocabulary_size, dtype=np.int64)
    place[text.word_numbers[::-1]] = np.arange(len(text.word_numbers))[::-1]
    return place


def _title_words_beside(text: WordStatistics) -> Ints:
    """Most title words that stand in one sentence with each word."""
    vectors = text.vectors
    of_title = text.in_title[vectors.item]
    in_sentence = np.bincount(vectors.sentence[of_title], minlength=len(text))
    most = np.zeros(text.vocabulary_size, dtype=np.int64)
    np.maximum.at(most, vectors.item, in_sentence[vectors.sentence])
    return most


def _neighbours(text: WordStatistics) -> tuple[Ints, Ints, Ints, Ints]:
    at = np.flatnonzero(text.row[1:] == text.row[:-1])
    return text.word_numbers[at], text.word_numbers[at + 1], text.row[at], at


def _held(row: Ints, item: Ints, size: int) -> SparseCounts:
    keys, count = np.unique(row * max(1, size) + item, return_counts=True)
    return SparseCounts(keys // max(1, size), keys % max(1, size), count)


class Coverage:
    """Which items a growing summary covers, and what each sentence would still add."""

    def __init__(self, held: SparseCounts, value: Floats, sentences: int) -> None:
        self._held = held
        self._left = value[held.item]
        self._bounds = np.searchsorted(held.sentence, np.arange(sentences + 1))
        self._sentences = sentences

    def gains(self) -> Floats:
        """The value that each sentence has over what is covered."""
        return np.bincount(self._held.sentence, self._left, self._sentences).astype(float)

    def cover(self, sentence: int) -> None:
        """Count what `sentence` holds as covered."""
        items = self._held.item[self._bounds[sentence] : self._bounds[sentence + 1]]
        self._left = np.where(np.isin(self._held.item, items), 0.0, self._left)
