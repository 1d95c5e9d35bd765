"""Precis' own method: judge each sentence, then choose the sentences of the reply as a whole.

`judge` gives each sentence the probabilities that it stands alone, leans on the sentence before it, is not
the article's prose, is a fragment or says nothing, and how much a reader wants it. `reply_selection` searches
for the best set within the budget. The rules of cohesion.py hold for every set: a sentence that they exclude
is never picked, and one that depends on the sentence before it only directly after that sentence.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from sumy.nlp.stemmers import null_stemmer
from sumy.summarizers._summarizer import AbstractSummarizer
from sumy.utils import ItemsCount

from bot.core.models import ParagraphKind
from bot.summarize import selection_reasons
from bot.summarize.article_analysis import ArticleAnalysis, analyse_article
from bot.summarize.document import Document
from bot.summarize.judge.feature_table import feature_table
from bot.summarize.judge.sentence_model import Judgement, SentenceModel, load_model
from bot.summarize.length_budget import Budget
from bot.summarize.reply_selection import FILL, PRICES, Candidates, Choice, choose
from bot.summarize.sentence_features import SHORT

_NEVER_PICKED = frozenset({ParagraphKind.HEADING, ParagraphKind.TABLE, ParagraphKind.CODE})
_MIN_WANTED, _MIN_SENTENCES = 1.7, 12
"""An article with at least so many sentences, of which an editor is expected to pick fewer, gets no summary.

Of the annotated articles this refuses a quarter of those that deserve no reply, and none of the others.
"""
_LEANING_AFTER = 0.8
"""How good a leaning sentence is after the one before it, which may not be the one that it needs.

A short one is not good there: "The news came as a surprise."
"""


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
        self,
        language: str = "",
        weights: Mapping[str, Any] | None = None,
        model: SentenceModel | None = None,
    ) -> None:
        super().__init__(null_stemmer)
        self._language = language
        self._weights = weights or load_weights()
        self._model = model or load_model()

    def __call__(self, document: Any, sentences_count: Any) -> tuple[Any, ...]:
        paragraphs = [list(paragraph.sentences) for paragraph in document.paragraphs]
        if not any(paragraphs):
            return ()
        title = getattr(document, "title", None) or " ".join(map(str, document.headings))
        analysis = analyse_article(paragraphs, title, self._language, self._weights)
        table = feature_table(analysis, paragraphs, title, self._language)
        judgement = self._model.judge(table.rows, analysis.texts, self._language)
        candidates = candidates_of(analysis, judgement)
        limited = isinstance(sentences_count, Budget)
        budget = sentences_count if limited else _budget_of(analysis, sentences_count)
        if limited and has_nothing_wanted(judgement):
            choice = Choice((), 0.0)
        else:
            choice = choose(candidates, budget.sentences, budget.words, PRICES if limited else FILL)
        if budget.explained:
            selection_reasons.record(budget, analysis, judgement, candidates, choice)
        return tuple(analysis.sentences[i] for i in choice.indices)


def has_nothing_wanted(judgement: Judgement) -> bool:
    """Whether an editor would pick almost nothing: a list, leftovers of a page, a teaser."""
    return len(judgement.wanted) >= _MIN_SENTENCES and float(judgement.wanted.sum()) < _MIN_WANTED


def candidates_of(analysis: ArticleAnalysis, judgement: Judgement) -> Candidates:
    """The sentences of an article as the search sees them."""
    alone, leaning = judgement.probabilities[:, 0], judgement.probabilities[:, 1]
    kinds = [getattr(sentence, "kind", ParagraphKind.PARAGRAPH) for sentence in analysis.sentences]
    can_follow = np.array(
        [
            kind not in _NEVER_PICKED and not mark.exclusion
            for kind, mark in zip(kinds, analysis.marks, strict=True)
        ],
        dtype=bool,
    )
    depends = np.array([bool(mark.dependence) for mark in analysis.marks], dtype=bool)
    sizes = np.asarray(analysis.word_counts, dtype=float)
    return Candidates(
        good_alone=alone,
        good_after=alone + _LEANING_AFTER * leaning * (sizes >= SHORT),
        news=judgement.news,
        wanted=judgement.wanted,
        word_counts=sizes,
        can_start=can_follow & ~depends,
        can_follow=can_follow,
        content=analysis.content_rows,
    )


def _budget_of(analysis: ArticleAnalysis, sentences_count: Any) -> Budget:
    count = sentences_count if callable(sentences_count) else ItemsCount(sentences_count)
    return Budget(len(count(analysis.sentences)), sum(analysis.word_counts) + 1)


def make_summarizer(document: Document) -> PrecisSummarizer:
    """Create the summarizer for the language of `document`."""
    return PrecisSummarizer(document.language)
