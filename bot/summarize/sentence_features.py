"""How good a sentence is on its own: a weighted sum of what can be counted about it.

Position and title words: Edmundson 1969, "New Methods in Automatic Extracting". Clusters of
significant words: Luhn 1958. Centroid: Radev et al. 2004. Centrality over tf-idf cosines, forward
only: Zheng and Lapata 2019, "Sentence Centrality Revisited". Weights: data/weights.json.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from bot.summarize.cohesion import SentenceMarks
from bot.summarize.word_statistics import Floats, WordStatistics

SHORT, LONG = 8, 40
"""Words under or over which a sentence is marked down, for each word."""
_MOST_TIMES = 3


class SentenceVectors:
    """tf-idf vectors of the sentences, each of length one, kept sparse."""

    def __init__(self, text: WordStatistics) -> None:
        held = text.vectors
        self.text = text
        self.idf: Floats = np.log((len(text) + 1) / (text.sentence_counts + 0.5))
        weight = np.minimum(held.count, _MOST_TIMES) * np.maximum(self.idf[held.item], 0)
        norm = np.sqrt(np.bincount(held.sentence, weight**2, minlength=len(text)))
        self.weight: Floats = weight / np.maximum(norm, 1e-12)[held.sentence]
        self.bounds = np.searchsorted(held.sentence, np.arange(len(text) + 1))

    def to(self, vector: Floats) -> Floats:
        """The product of every sentence with a vector over the vocabulary."""
        held = self.text.vectors
        return np.bincount(held.sentence, self.weight * vector[held.item], len(self.text)).astype(float)

    def of(self, sentence: int) -> Floats:
        """One sentence's vector over the vocabulary."""
        vector = np.zeros(self.text.vocabulary_size)
        part = slice(*self.bounds[sentence : sentence + 2])
        vector[self.text.vectors.item[part]] = self.weight[part]
        return vector

    def title(self) -> Floats:
        vector = np.where(self.text.in_title, np.maximum(self.idf, 0), 0.0)
        result: Floats = vector / max(float(np.linalg.norm(vector)), 1e-12)
        return result

    def forward(self) -> Floats:
        """Sum of each sentence's cosines to all later ones, by a running sum of the later vectors."""
        later, result = np.zeros(self.text.vocabulary_size), np.zeros(len(self.text))
        item = self.text.vectors.item
        for i in range(len(self.text) - 1, -1, -1):
            part = slice(self.bounds[i], self.bounds[i + 1])
            result[i] = self.weight[part] @ later[item[part]]
            later[item[part]] += self.weight[part]
        return result

    def nearest_before(self) -> Floats:
        """The largest cosine of each sentence to one before it."""
        if len(self.text) * self.text.vocabulary_size <= _DENSE:
            return self._nearest_dense()
        return self._nearest_sparse()

    def _nearest_dense(self) -> Floats:
        matrix = np.zeros((len(self.text), self.text.vocabulary_size), dtype=np.float32)
        matrix[self.text.vectors.sentence, self.text.vectors.item] = self.weight
        result: Floats = np.tril(matrix @ matrix.T, -1).max(axis=1, initial=0.0).astype(float)
        return result

    def _nearest_sparse(self) -> Floats:
        held, result = self.text.vectors, np.zeros(len(self.text))
        order = np.argsort(held.item, kind="stable")
        sentences, weights = held.sentence[order], self.weight[order]
        start = np.searchsorted(held.item[order], np.arange(self.text.vocabulary_size))
        used = np.zeros(self.text.vocabulary_size, dtype=np.int64)
        near = np.zeros(len(self.text))
        for i in range(len(self.text)):
            for k in range(self.bounds[i], self.bounds[i + 1]):
                word = held.item[k]
                part = slice(start[word], start[word] + used[word])
                near[sentences[part]] += self.weight[k] * weights[part]
                used[word] += 1
            result[i] = near.max(initial=0.0)
            near[:] = 0
        return result


_DENSE = 1_500_000


def features(
    text: WordStatistics, vectors: SentenceVectors, marks: Sequence[SentenceMarks]
) -> dict[str, Floats]:
    """Each feature as a column over the sentences."""
    n = len(text)
    forward = vectors.forward()
    lengths = text.lengths.astype(float)
    return {
        "title": _share(vectors.to(vectors.title())),
        "position": 1 / (np.arange(n) + 1.0),
        "short": np.maximum(0, SHORT - lengths),
        "forward": _share(forward),
        "forward_mean": 5 * forward / max(1, n - 1),
        "repeats": vectors.nearest_before(),
        "centroid": _share(_centroid(text)),
        "first": (np.arange(n) == 0).astype(float),
        "luhn": _luhn(text),
        "long": np.maximum(0, lengths - LONG),
        **{
            name: np.array([float(getattr(mark, name)) for mark in marks])
            for name in ("opens_quoted", "ends_quoted", "pronoun", "first_person", "question", "boilerplate")
        },
    }


def prior(columns: Mapping[str, Floats], weights: Mapping[str, float]) -> Floats:
    """The weighted sum, standardised over the article."""
    total: Floats = sum((weights[name] * column for name, column in columns.items()), np.zeros(1))
    spread = float(total.std())
    result: Floats = (total - total.mean()) / (spread if spread > 1e-9 else 1.0)
    return result


def _share(values: Floats) -> Floats:
    most = float(values.max(initial=0.0))
    result: Floats = values / most if most > 0 else values
    return result


def _centroid(text: WordStatistics) -> Floats:
    df = text.sentence_counts[text.vectors.item]
    total = np.bincount(text.vectors.sentence, np.where(df > 1, df, 0.3), minlength=len(text))
    distinct = np.bincount(text.vectors.sentence, minlength=len(text))
    result: Floats = total / np.sqrt(np.maximum(1, distinct))
    return result


def _luhn(text: WordStatistics) -> Floats:
    """Squared hits over content words; hits are among the article's most frequent words."""
    df = text.sentence_counts
    top = max(5, int(text.is_content.sum()) // 20)
    frequent = np.argsort(-df, kind="stable")[:top]
    hit = np.zeros(text.vocabulary_size)
    hit[frequent[df[frequent] >= 2]] = 1
    held = text.vectors
    hits = np.bincount(held.sentence, held.count * hit[held.item], minlength=len(text))
    words = np.bincount(held.sentence, held.count, minlength=len(text))
    result: Floats = hits**2 / np.maximum(1, words)
    return result
