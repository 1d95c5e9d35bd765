"""What the sentences of a reply cover together: the words of the title, and what a summary probably contains.

A fact that two sentences state counts once: concept coverage, Gillick and Favre 2009, "A scalable global
model for summarization".
"""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from bot.summarize.word_importance import Coverage
from bot.summarize.word_statistics import Floats, WordStatistics

_MOST = 120
"""The words, and the pairs of words, of an article that are compared: those with the highest values."""
_WORD_VALUE = 0.5
"""The value of a word beside that of a pair of neighbouring words."""
_COMMON = 0.3
"""The value of a word of the title that is in every sentence."""


class Concepts(Struct, frozen=True):
    """Words of the title and important words and pairs, a column each."""

    covered: NDArray[np.bool_]
    """For each sentence (row), which of them it contains."""
    of_title: Floats
    """The share of each in what the article can say of the title; 0 for other columns."""
    of_article: Floats
    """The value of each for a summary; 0 for the columns of the title."""


def concepts_of(statistics: WordStatistics, words: Coverage, pairs: Coverage) -> Concepts:
    """The concepts of an article; `words` and `pairs` have the values of `word_importance`."""
    size = len(statistics)
    title, title_values = _title_words(statistics)
    tables = [title]
    values = []
    for coverage, price in ((words, _WORD_VALUE), (pairs, 1.0)):
        table, value = coverage.table(_MOST)
        tables.append(table)
        values.append(price * value)
    of_article = np.concatenate(values)
    return Concepts(
        np.hstack(tables).astype(bool).reshape(size, -1),
        np.concatenate([title_values, np.zeros(len(of_article))]),
        np.concatenate([np.zeros(len(title_values)), of_article]),
    )


def _title_words(statistics: WordStatistics) -> tuple[NDArray[np.bool_], Floats]:
    """Which sentence has which content word of the title, and the share of each word: a rare one has more."""
    counts = statistics.content_words
    found = np.array(sorted(n for n in statistics.title if statistics.sentence_counts[n]), dtype=np.int64)
    table = np.zeros((len(statistics), len(found)), dtype=bool)
    if not len(found):
        return table, np.zeros(0)
    known = np.isin(counts.item, found)
    table[counts.sentence[known], np.searchsorted(found, counts.item[known])] = True
    values = _COMMON + np.log((len(statistics) + 1) / (statistics.sentence_counts[found] + 0.5))
    return table, values / values.sum()
