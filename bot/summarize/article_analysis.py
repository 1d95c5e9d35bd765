"""An article read once: its sentences counted, weighed and marked, before any is picked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.summarize import cohesion, person_names, word_importance
from bot.summarize import sentence_features as priors
from bot.summarize.word_statistics import Floats, WordStatistics
from bot.summarize.word_tokens import count_words

_MAX_CHARACTERS = 2_000
"""Characters of a sentence in which names are looked for: what is longer is never picked anyway."""


@dataclass
class ArticleAnalysis:
    """All that is known of an article's sentences before any is picked."""

    sentences: Sequence[Any]
    texts: list[str]
    word_counts: list[int]
    marks: list[cohesion.SentenceMarks]
    features: Mapping[str, Floats]
    base_scores: Floats
    vectors: priors.SentenceVectors
    word_coverage: word_importance.Coverage
    pair_coverage: word_importance.Coverage
    lengths: Floats
    names: person_names.PersonNames


def analyse_article(
    paragraphs: Sequence[Sequence[Any]], title: str, language: str, weights: Mapping[str, Any]
) -> ArticleAnalysis:
    """Count, weigh and mark the sentences of an article; `table` is what `weights()` gives."""
    texts_by_paragraph = [[str(sentence) for sentence in paragraph] for paragraph in paragraphs]
    texts = [text for paragraph in texts_by_paragraph for text in paragraph]
    statistics, marks = (
        WordStatistics(texts, title, language),
        cohesion.mark_sentences(texts_by_paragraph, language),
    )
    vectors = priors.SentenceVectors(statistics)
    columns = priors.features(statistics, vectors, marks)
    pair_bins, pair_counts = word_importance.pair_bins(statistics)
    word_value = word_importance.probabilities(word_importance.word_bins(statistics), weights["word"])
    pair_value = word_importance.probabilities(pair_bins, weights["pair"])
    return ArticleAnalysis(
        sentences=[sentence for paragraph in paragraphs for sentence in paragraph],
        texts=texts,
        word_counts=[count_words(one) for one in texts],
        marks=marks,
        features=columns,
        base_scores=priors.base_scores(columns, weights["prior"]),
        vectors=vectors,
        word_coverage=word_importance.Coverage(statistics.content_words, word_value, len(statistics)),
        pair_coverage=word_importance.Coverage(pair_counts, pair_value, len(statistics)),
        lengths=np.maximum(1, statistics.lengths).astype(float),
        names=person_names.find_names(
            [one[:_MAX_CHARACTERS] for one in texts], cohesion.cohesion_rules(language), title
        ),
    )
