"""Analyse the sentences of an article once, before any is picked: counts, scores, cohesion and names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from msgspec import Struct

from bot.summarize import cohesion, person_names, sentence_features, word_importance
from bot.summarize.cohesion_rules import cohesion_rules
from bot.summarize.word_statistics import Floats, WordStatistics
from bot.summarize.word_tokens import count_words

_MAX_CHARACTERS = 2_000
"""Names are searched in this many characters of a sentence; a longer sentence is never picked."""


class ArticleAnalysis(Struct, dict=True):
    """Everything that is known of the sentences of an article before any is picked."""

    sentences: Sequence[Any]
    texts: list[str]
    word_counts: list[int]
    marks: list[cohesion.SentenceMarks]
    features: Mapping[str, Floats]
    base_scores: Floats
    statistics: WordStatistics
    vectors: sentence_features.SentenceVectors
    word_coverage: word_importance.Coverage
    pair_coverage: word_importance.Coverage
    lengths: Floats
    names: person_names.PersonNames

    @cached_property
    def content_rows(self) -> list[frozenset[int]]:
        """The numbers of the content words of each sentence."""
        counts = self.statistics.content_words
        items = counts.item.tolist()
        bounds = self.vectors.bounds.tolist()
        return [frozenset(items[start:end]) for start, end in pairwise(bounds)]


def _count_words(sentence: Any) -> int:
    """The number of words; a sentence of another document model than ours has not counted them."""
    counted: int | None = getattr(sentence, "word_count", None)
    return count_words(str(sentence)) if counted is None else counted


def analyse_article(
    paragraphs: Sequence[Sequence[Any]], title: str, language: str, weights: Mapping[str, Any]
) -> ArticleAnalysis:
    """Analyse the sentences of an article; `weights` is the result of `load_weights()`."""
    texts_by_paragraph = [[str(sentence) for sentence in paragraph] for paragraph in paragraphs]
    texts = [text for paragraph in texts_by_paragraph for text in paragraph]
    statistics, marks = (
        WordStatistics(texts, title, language),
        cohesion.mark_sentences(texts_by_paragraph, language),
    )
    vectors = sentence_features.SentenceVectors(statistics)
    features = sentence_features.features(statistics, vectors, marks)
    pair_bins, pair_counts = word_importance.pair_bins(statistics)
    word_value = word_importance.probabilities(word_importance.word_bins(statistics), weights["word"])
    pair_value = word_importance.probabilities(pair_bins, weights["pair"])
    return ArticleAnalysis(
        sentences=[sentence for paragraph in paragraphs for sentence in paragraph],
        texts=texts,
        word_counts=[_count_words(one) for paragraph in paragraphs for one in paragraph],
        marks=marks,
        features=features,
        base_scores=sentence_features.base_scores(features, weights["prior"]),
        statistics=statistics,
        vectors=vectors,
        word_coverage=word_importance.Coverage(statistics.content_words, word_value, len(statistics)),
        pair_coverage=word_importance.Coverage(pair_counts, pair_value, len(statistics)),
        lengths=np.maximum(1, statistics.lengths).astype(float),
        names=person_names.find_names(
            [one[:_MAX_CHARACTERS] for one in texts], cohesion_rules(language), title
        ),
    )
