"""The base score of a sentence: a weighted sum of its features.

Position and title words: Edmundson 1969, "New Methods in Automatic Extracting". Clusters of
significant words: Luhn 1958. Centroid: Radev et al. 2004. Centrality over tf-idf cosines, forward
only: Zheng and Lapata 2019, "Sentence Centrality Revisited". Weights: data/weights.json.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter

import numpy as np

from bot.summarize.cohesion import SentenceMarks
from bot.summarize.word_statistics import Floats, WordStatistics

SHORT, LONG = 8, 40
"""Each word fewer or more than these lowers the score of a sentence."""
_MAX_COUNT = 3


class SentenceVectors:
    """tf-idf vectors of the sentences, normalised to length one, stored sparse."""

    def __init__(self, statistics: WordStatistics) -> None:
        counts = statistics.content_words
        self.statistics = statistics
        self.idf: Floats = np.log((len(statistics) + 1) / (statistics.sentence_counts + 0.5))
        weight = np.minimum(counts.count, _MAX_COUNT) * np.maximum(self.idf[counts.item], 0)
        norm = np.sqrt(np.bincount(counts.sentence, weight**2, minlength=len(statistics)))
        self.weights: Floats = weight / np.maximum(norm, 1e-12)[counts.sentence]
        self.bounds = np.searchsorted(counts.sentence, np.arange(len(statistics) + 1))

    def similarities_to(self, vector: Floats) -> Floats:
        """The dot product of every sentence with a vector over the vocabulary."""
        counts = self.statistics.content_words
        return np.bincount(counts.sentence, self.weights * vector[counts.item], len(self.statistics)).astype(
            float
        )

    def vector_of(self, sentence: int) -> Floats:
        """The vector of one sentence over the vocabulary."""
        vector = np.zeros(self.statistics.vocabulary_size)
        part = slice(*self.bounds[sentence : sentence + 2])
        vector[self.statistics.content_words.item[part]] = self.weights[part]
        return vector

    def title_vector(self) -> Floats:
        vector = np.where(self.statistics.in_title, np.maximum(self.idf, 0), 0.0)
        result: Floats = vector / max(float(np.linalg.norm(vector)), 1e-12)
        return result

    def forward_centrality(self) -> Floats:
        """The sum of each sentence's cosines to all later ones, by a running sum of their vectors."""
        later, result = np.zeros(self.statistics.vocabulary_size), np.zeros(len(self.statistics))
        item = self.statistics.content_words.item
        for i in range(len(self.statistics) - 1, -1, -1):
            part = slice(self.bounds[i], self.bounds[i + 1])
            result[i] = self.weights[part] @ later[item[part]]
            later[item[part]] += self.weights[part]
        return result

    def max_similarity_before(self) -> Floats:
        """For each sentence, its largest cosine to an earlier one."""
        if len(self.statistics) * self.statistics.vocabulary_size <= _MAX_DENSE_SIZE:
            return self._max_similarity_dense()
        return self._max_similarity_sparse()

    def _max_similarity_dense(self) -> Floats:
        matrix = np.zeros((len(self.statistics), self.statistics.vocabulary_size), dtype=np.float32)
        matrix[self.statistics.content_words.sentence, self.statistics.content_words.item] = self.weights
        result: Floats = np.tril(matrix @ matrix.T, -1).max(axis=1, initial=0.0).astype(float)
        return result

    def _max_similarity_sparse(self) -> Floats:
        counts, result = self.statistics.content_words, np.zeros(len(self.statistics))
        order = np.argsort(counts.item, kind="stable")
        sentences, weights = counts.sentence[order], self.weights[order]
        start = np.searchsorted(counts.item[order], np.arange(self.statistics.vocabulary_size))
        used = np.zeros(self.statistics.vocabulary_size, dtype=np.int64)
        near = np.zeros(len(self.statistics))
        for i in range(len(self.statistics)):
            for k in range(self.bounds[i], self.bounds[i + 1]):
                word = counts.item[k]
                part = slice(start[word], start[word] + used[word])
                near[sentences[part]] += self.weights[k] * weights[part]
                used[word] += 1
            result[i] = near.max(initial=0.0)
            near[:] = 0
        return result


_MAX_DENSE_SIZE = 1_500_000


def features(
    statistics: WordStatistics, vectors: SentenceVectors, marks: Sequence[SentenceMarks]
) -> dict[str, Floats]:
    """Each feature by name, with one value for each sentence."""
    n = len(statistics)
    forward = vectors.forward_centrality()
    lengths = statistics.lengths.astype(float)
    return {
        "title": _relative_to_maximum(vectors.similarities_to(vectors.title_vector())),
        "position": 1 / (np.arange(n) + 1.0),
        "short": np.maximum(0, SHORT - lengths),
        "forward": _relative_to_maximum(forward),
        "forward_mean": 5 * forward / max(1, n - 1),
        "repeats": vectors.max_similarity_before(),
        "centroid": _relative_to_maximum(_centroid_scores(statistics)),
        "first": (np.arange(n) == 0).astype(float),
        "luhn": _luhn_scores(statistics),
        "long": np.maximum(0, lengths - LONG),
        **dict(zip(_OF_MARKS, _of_marks(marks), strict=True)),
    }


_OF_MARKS = ("opens_quoted", "ends_quoted", "pronoun", "first_person", "question", "boilerplate")


def _of_marks(marks: Sequence[SentenceMarks]) -> Floats:
    """One row for each of `_OF_MARKS`, one column for each sentence."""
    values = map(attrgetter(*_OF_MARKS), marks)
    return np.array(list(values), dtype=float).reshape(-1, len(_OF_MARKS)).T


def base_scores(features_by_name: Mapping[str, Floats], weights: Mapping[str, float]) -> Floats:
    """The weighted sum of the features, standardised over the article."""
    total: Floats = sum((weights[name] * column for name, column in features_by_name.items()), np.zeros(1))
    spread = float(total.std())
    result: Floats = (total - total.mean()) / (spread if spread > 1e-9 else 1.0)
    return result


def _relative_to_maximum(values: Floats) -> Floats:
    most = float(values.max(initial=0.0))
    result: Floats = values / most if most > 0 else values
    return result


def _centroid_scores(statistics: WordStatistics) -> Floats:
    df = statistics.sentence_counts[statistics.content_words.item]
    total = np.bincount(
        statistics.content_words.sentence, np.where(df > 1, df, 0.3), minlength=len(statistics)
    )
    distinct = np.bincount(statistics.content_words.sentence, minlength=len(statistics))
    result: Floats = total / np.sqrt(np.maximum(1, distinct))
    return result


def _luhn_scores(statistics: WordStatistics) -> Floats:
    """Squared number of frequent words, divided by the number of content words."""
    df = statistics.sentence_counts
    top = max(5, int(statistics.is_content.sum()) // 20)
    frequent = np.argsort(-df, kind="stable")[:top]
    hit = np.zeros(statistics.vocabulary_size)
    hit[frequent[df[frequent] >= 2]] = 1
    counts = statistics.content_words
    hits = np.bincount(counts.sentence, counts.count * hit[counts.item], minlength=len(statistics))
    words = np.bincount(counts.sentence, counts.count, minlength=len(statistics))
    result: Floats = hits**2 / np.maximum(1, words)
    return result
