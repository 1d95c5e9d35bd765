"""The table that the trees read: signals of each sentence, of its neighbours and of the article."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from msgspec import Struct

from bot.summarize.article_analysis import ArticleAnalysis
from bot.summarize.cohesion_rules import cohesion_rules
from bot.summarize.judge import context, line_signals, mentions
from bot.summarize.judge.sentence_words import sentence_words
from bot.summarize.word_statistics import Floats

_OF_NEIGHBOURS = (
    "words", "ends_full", "ends_question", "ends_colon", "is_heading", "is_item", "capitals", "digits",
    "quotes", "depends", "title_share", "value", "single_names", "full_names", "links", "first_person",
    "starts_quote",
)  # fmt: skip
_OF_ARTICLE = (
    "words", "is_item", "is_heading", "ends_full", "ends_question", "first_person", "singular_i",
    "second_person", "quotes", "digits", "depends", "links", "saying", "paragraph_sentences", "capitals",
)  # fmt: skip
_LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pt")
LANGUAGE_COLUMNS = tuple(f"in_{one}" for one in _LANGUAGES)


_MORE_NAMES = (
    *(f"{side}_{name}" for name in _OF_NEIGHBOURS for side in ("before", "after")),
    *(f"mean_{name}" for name in _OF_ARTICLE),
    *LANGUAGE_COLUMNS,
)


class FeatureTable(Struct, frozen=True):
    """One row for each sentence, and the names of the columns."""

    names: tuple[str, ...]
    rows: Floats


def feature_table(
    analysis: ArticleAnalysis, paragraphs: Sequence[Sequence[Any]], title: str, language: str
) -> FeatureTable:
    """The table of an article."""
    rules = cohesion_rules(language)
    places = context.places_of(paragraphs)
    columns: dict[str, Floats] = context.context_signals(analysis, places, title)
    columns["paragraph_sentences"] = np.array([place.paragraph_sentences for place in places], dtype=float)
    sentences = sentence_words(analysis.texts)
    own = line_signals.line_signals(sentences, rules)
    mentioned = mentions.mention_signals(sentences, title, rules)
    names = (*columns, *line_signals.NAMES, *mentions.NAMES)
    # a row for each column: numpy makes and shifts many columns at once much faster than one by one
    own_columns = np.concatenate([list(columns.values()), own.T, mentioned.T])
    row = {name: at for at, name in enumerate(names)}
    near = own_columns[[row[name] for name in _OF_NEIGHBOURS]]
    of_article = own_columns[[row[name] for name in _OF_ARTICLE]]
    size = own_columns.shape[1]
    neighbours = np.full((2 * len(near), size), -1.0)
    neighbours[::2, 1:], neighbours[1::2, :-1] = near[:, :-1], near[:, 1:]
    means = of_article.mean(axis=1) if size else np.zeros(len(of_article))
    constants = np.concatenate([means, [float(language == one) for one in _LANGUAGES]])
    table = np.concatenate([own_columns, neighbours, np.repeat(constants[:, None], size, axis=1)])
    return FeatureTable((*names, *_MORE_NAMES), table.T)
