"""Which sentences say the same: they share rare words, numbers and names."""

from __future__ import annotations

import numpy as np

from bot.summarize.word_statistics import Floats, WordStatistics

MAX_OVERLAP = 0.6
"""Two sentences that share more of what the shorter one says are never picked together."""
_COMMON, _TITLE = 0.2, 0.1
"""The least value of a word, and the value of a word of the title: every sentence may have it."""


def fact_values(statistics: WordStatistics) -> Floats:
    """One row for each sentence, one column for each word number: the value of each content word it has.

    The value is the inverse document frequency over the sentences, so that a number or a name that two
    sentences share counts more than the subject of the article (Spaerck Jones 1972).
    """
    counts = statistics.content_words
    rarity = np.log((len(statistics) + 1) / (statistics.sentence_counts + 0.5))
    value = np.where(statistics.in_title, _TITLE, np.maximum(_COMMON, rarity))
    table = np.zeros((len(statistics), statistics.vocabulary_size))
    table[counts.sentence, counts.item] = value[counts.item]
    return table


def overlaps(facts: Floats) -> Floats:
    """For each two sentences, the share of the value of the lesser one that the other has too.

    1 if a sentence has no content words. `facts` are rows of `fact_values`.
    """
    sizes = facts.sum(axis=1)
    smaller = np.minimum(sizes[:, None], sizes[None, :])
    result: Floats = np.where(smaller > 0, (facts > 0) @ facts.T / np.maximum(1e-9, smaller), 1.0)
    return result
