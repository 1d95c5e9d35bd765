"""The table that the trees read: signals of each sentence, of its neighbours and of the article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.summarize.article_analysis import ArticleAnalysis
from bot.summarize.cohesion_rules import cohesion_rules
from bot.summarize.judge import context, line_signals, mentions
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


@dataclass(frozen=True)
class FeatureTable:
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
    own = line_signals.line_signals(analysis.texts, rules)
    columns |= {name: own[:, at] for at, name in enumerate(line_signals.NAMES)}
    mentioned = mentions.mention_signals(analysis.texts, title, rules)
    columns |= {name: mentioned[:, at] for at, name in enumerate(mentions.NAMES)}
    columns |= {
        f"{side}_{name}": _shifted(columns[name], by)
        for name in _OF_NEIGHBOURS
        for side, by in (("before", 1), ("after", -1))
    }
    size = len(analysis.texts)
    columns |= {f"mean_{name}": np.full(size, columns[name].mean() if size else 0.0) for name in _OF_ARTICLE}
    columns |= {f"in_{one}": np.full(size, float(language == one)) for one in _LANGUAGES}
    return FeatureTable(tuple(columns), np.column_stack(list(columns.values())))


def _shifted(values: Floats, by: int) -> Floats:
    """The values of the sentence `by` places before; -1 where there is none."""
    result = np.full(len(values), -1.0)
    if by > 0:
        result[by:] = values[:-by]
    else:
        result[:by] = values[-by:]
    return result
