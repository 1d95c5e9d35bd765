"""Precis' own method: pick sentences with the important content that can stand alone.

One greedy loop. The value of a sentence is its base score (sentence_features.py), plus the importance of its
words and word pairs that are not yet covered (word_importance.py) per word, minus its similarity to the
picked sentences, minus its penalties (cohesion.py, person_names.py). Greedy covering under a budget: Lin and
Bilmes 2011, "A class of submodular functions for document summarization".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from sumy.nlp.stemmers import null_stemmer
from sumy.summarizers._summarizer import AbstractSummarizer
from sumy.utils import ItemsCount

from bot.summarize.article_analysis import ArticleAnalysis, analyse_article
from bot.summarize.document import Document
from bot.summarize.greedy_selection import GreedySelection
from bot.summarize.length_budget import Budget


@cache
def load_weights() -> Mapping[str, Any]:
    """The fitted weights of the package."""
    table: Mapping[str, Any] = json.loads((files("bot.summarize") / "data" / "weights.json").read_text())
    return table


class PrecisSummarizer(AbstractSummarizer):  # type: ignore[misc]
    """Precis' method with the interface of sumy: `PrecisSummarizer("en")(document, 4)`.

    `sentences_count` is a value that sumy accepts (4, "20%"), or a Budget, which also limits the words. Uses
    the `title` of the document, or its headings if it has none.
    """

    def __init__(
        self, language: str = "", weights: Mapping[str, Any] | None = None, *, use_cohesion: bool = True
    ) -> None:
        super().__init__(null_stemmer)
        self._language = language
        self._weights = weights or load_weights()
        self._use_cohesion = use_cohesion

    def __call__(self, document: Any, sentences_count: Any) -> tuple[Any, ...]:
        paragraphs = [list(paragraph.sentences) for paragraph in document.paragraphs]
        if not any(paragraphs):
            return ()
        title = getattr(document, "title", None) or " ".join(map(str, document.headings))
        analysis = analyse_article(paragraphs, title, self._language, self._weights)
        budget = (
            sentences_count if isinstance(sentences_count, Budget) else _budget_of(analysis, sentences_count)
        )
        selection = GreedySelection(analysis, budget, use_cohesion=self._use_cohesion)
        picked = selection.select()
        selection.record_explanation()
        return tuple(analysis.sentences[i] for i in picked)


def _budget_of(analysis: ArticleAnalysis, sentences_count: Any) -> Budget:
    count = sentences_count if callable(sentences_count) else ItemsCount(sentences_count)
    return Budget(len(count(analysis.sentences)), sum(analysis.word_counts) + 1)


def make_summarizer(document: Document) -> PrecisSummarizer:
    """Create the summarizer for the language of `document`."""
    return PrecisSummarizer(document.language)
