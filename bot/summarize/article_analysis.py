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

_LONGEST = 2_000
"""Characters of a sentence in which names are looked for: what is longer is never picked anyway."""


@dataclass
class ArticleAnalysis:
    """All that is known of an article's sentences before any is picked."""

    sentences: Sequence[Any]
    texts: list[str]
    sizes: list[int]
    marks: list[cohesion.SentenceMarks]
    features: Mapping[str, Floats]
    prior: Floats
    vectors: priors.SentenceVectors
    words: word_importance.Coverage
    pairs: word_importance.Coverage
    lengths: Floats
    names: person_names.PersonNames


def analyse_article(
    paragraphs: Sequence[Sequence[Any]], title: str, language: str, table: Mapping[str, Any]
) -> ArticleAnalysis:
    """Count, weigh and mark the sentences of an article; `table` is what `weights()` gives."""
    grouped = [[str(sentence) for sentence in paragraph] for paragraph in paragraphs]
    texts = [text for paragraph in grouped for text in paragraph]
    text, marks = WordStatistics(texts, title, language), cohesion.read(grouped, language)
    vectors = priors.SentenceVectors(text)
    columns = priors.features(text, vectors, marks)
    pair_bins, held = word_importance.pair_bins(text)
    word_value = word_importance.probabilities(word_importance.word_bins(text), table["word"])
    pair_value = word_importance.probabilities(pair_bins, table["pair"])
    return ArticleAnalysis(
        sentences=[sentence for paragraph in paragraphs for sentence in paragraph],
        texts=texts,
        sizes=[count_words(one) for one in texts],
        marks=marks,
        features=columns,
        prior=priors.prior(columns, table["prior"]),
        vectors=vectors,
        words=word_importance.Coverage(text.vectors, word_value, len(text)),
        pairs=word_importance.Coverage(held, pair_value, len(text)),
        lengths=np.maximum(1, text.lengths).astype(float),
        names=person_names.read([one[:_LONGEST] for one in texts], cohesion.rules(language), title),
    )
