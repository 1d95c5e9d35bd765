"""The probability that a person's summary contains a word, or a pair of neighbouring words, of the article.

A logistic regression on binned counts; the weights are in data/weights.json and are fitted by
`benchmarks/fit_summaries.py`. Word probabilities as a measure of content: Nenkova and Vanderwende
2005, "The impact of frequency on summarization"; bigrams as the units to be covered: Gillick and
Favre 2009, "A scalable global model for summarization".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.summarize.word_statistics import Floats, Ints, SparseCounts, WordStatistics, count_items

# The upper edges of the bins: a count below the first edge is in the first bin, and so on.
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


def word_bins(statistics: WordStatistics) -> Bins:
    """For each word number, the bin of each feature; also for stop words."""
    first, last = _first_and_last(statistics)
    beside = _title_words_beside(statistics)
    total = max(1, len(statistics.word_numbers))
    return _binned(
        {
            "sentences": statistics.sentence_counts,
            "first_sentence": first,
            "words_before": _words_before(statistics),
            "in_title": statistics.in_title,
            "title_words_beside": beside,
            "spread": (last - first) / max(1, len(statistics)),
            "per_hundred": 100 * statistics.occurrences / total,
            "article_words": np.full(statistics.vocabulary_size, total),
        }
    )


def pair_bins(statistics: WordStatistics) -> tuple[Bins, SparseCounts]:
    """For each distinct pair of neighbouring words, the bin of each feature; and the pairs by sentence."""
    left, right, row, at = _neighbours(statistics)
    keys, start, item = np.unique(
        left * max(1, statistics.vocabulary_size) + right, return_index=True, return_inverse=True
    )
    counts = count_items(row, item, len(keys))
    stop = ~statistics.is_content
    a, b = left[start], right[start]
    values = {
        "sentences": np.minimum(np.bincount(counts.item, minlength=len(keys)), 3),
        "first_sentence": row[start],
        "words_before": at[start],
        "in_title": statistics.in_title[a].astype(np.int64) + statistics.in_title[b],
        "stop_words": stop[a] + 2 * stop[b],
        "capitals": statistics.is_capitalised[at[start]] + 2 * statistics.is_capitalised[at[start] + 1],
        "first_count": np.where(stop[a], 0, statistics.occurrences[a]),
        "second_count": np.where(stop[b], 0, statistics.occurrences[b]),
        "article_words": np.full(len(keys), len(statistics.word_numbers)),
    }
    return _binned(values), counts


def pair_keys(statistics: WordStatistics) -> Ints:
    """The pairs in the order of `pair_bins`, each as first word number · vocabulary size + second."""
    left, right, _, _ = _neighbours(statistics)
    return np.unique(left * max(1, statistics.vocabulary_size) + right)


def probabilities(bins: Bins, table: Mapping[str, Any]) -> Floats:
    """The logistic function of the intercept plus the log-odds of each feature's bin."""
    odds = sum(np.asarray(table[name], dtype=float)[found] for name, found in bins.items())
    result: Floats = 1 / (1 + np.exp(-(table["intercept"] + odds)))
    return result


def _binned(values: Mapping[str, Any]) -> Bins:
    return {name: np.digitize(value, EDGES[name]) for name, value in values.items()}


def _first_and_last(statistics: WordStatistics) -> tuple[Ints, Ints]:
    size = statistics.vocabulary_size
    first, last = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    # the last of several assignments to one index wins
    first[statistics.word_numbers[::-1]] = statistics.sentence_numbers[::-1]
    last[statistics.word_numbers] = statistics.sentence_numbers
    return first, last


def _words_before(statistics: WordStatistics) -> Ints:
    position = np.zeros(statistics.vocabulary_size, dtype=np.int64)
    position[statistics.word_numbers[::-1]] = np.arange(len(statistics.word_numbers))[::-1]
    return position


def _title_words_beside(statistics: WordStatistics) -> Ints:
    """For each word, the largest number of title words in one sentence with it."""
    vectors = statistics.content_words
    of_title = statistics.in_title[vectors.item]
    in_sentence = np.bincount(vectors.sentence[of_title], minlength=len(statistics))
    most = np.zeros(statistics.vocabulary_size, dtype=np.int64)
    np.maximum.at(most, vectors.item, in_sentence[vectors.sentence])
    return most


def _neighbours(statistics: WordStatistics) -> tuple[Ints, Ints, Ints, Ints]:
    at = np.flatnonzero(statistics.sentence_numbers[1:] == statistics.sentence_numbers[:-1])
    return statistics.word_numbers[at], statistics.word_numbers[at + 1], statistics.sentence_numbers[at], at


class Coverage:
    """Which items (words or pairs) each sentence contains, and the value of each item."""

    def __init__(self, counts: SparseCounts, value: Floats, sentences: int) -> None:
        self._counts = counts
        self._value = value
        self._sentences = sentences

    def values(self) -> Floats:
        """For each sentence, the total value of its items."""
        value = self._value[self._counts.item]
        return np.bincount(self._counts.sentence, value, self._sentences).astype(float)

    def table(self, most: int) -> tuple[NDArray[np.bool_], Floats]:
        """For each sentence (row), which of the `most` most valuable items it has; and their values."""
        present = np.unique(self._counts.item)
        best = np.sort(present[np.argsort(-np.round(self._value[present], 9), kind="stable")[:most]])
        table = np.zeros((self._sentences, len(best)), dtype=bool)
        kept = np.isin(self._counts.item, best)
        table[self._counts.sentence[kept], np.searchsorted(best, self._counts.item[kept])] = True
        return table, self._value[best]
