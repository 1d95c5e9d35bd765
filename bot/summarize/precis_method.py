"""Precis' own method: judge each sentence, then choose the sentences of the reply as a whole.

`judge` gives each sentence the probabilities that it stands alone, leans on the sentence before it, is not
the article's prose, is a fragment or says nothing, and how much a reader wants it. `reply_selection` searches
for the best set within the budget. The rules of cohesion.py hold for every set: a sentence that they exclude
is never picked, and one that depends on the sentence before it only directly after that sentence.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from sumy.nlp.stemmers import null_stemmer
from sumy.summarizers._summarizer import AbstractSummarizer
from sumy.utils import ItemsCount

from bot.summarize import selection_reasons
from bot.summarize.article_analysis import ArticleAnalysis, analyse_article
from bot.summarize.document import Document
from bot.summarize.judge.feature_table import feature_table
from bot.summarize.judge.sentence_model import Judgement, SentenceModel, load_model
from bot.summarize.length_budget import Budget
from bot.summarize.reply_candidates import candidates_of, lines_of
from bot.summarize.reply_refusal import deserves_no_reply, refusal_reason
from bot.summarize.reply_selection import FILL, PRICES, Candidates, Choice, choose
from bot.summarize.sentence_roles import sentence_roles


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
        analysis, judgement, candidates = judged_article(
            paragraphs, title, self._language, self._model, self._weights
        )
        limited = isinstance(sentences_count, Budget)
        budget = sentences_count if limited else _budget_of(analysis, sentences_count)
        if limited and deserves_no_reply(judgement):
            choice = Choice((), 0.0)
            budget.refusal = refusal_reason(lines_of(analysis))
        else:
            choice = choose(candidates, budget.sentences, budget.words, PRICES if limited else FILL)
        if budget.explained:
            selection_reasons.record(budget, analysis, judgement, candidates, choice)
        return tuple(analysis.sentences[i] for i in choice.indices)


def judged_article(
    paragraphs: Sequence[Sequence[Any]],
    title: str,
    language: str,
    model: SentenceModel,
    weights: Mapping[str, Any] | None = None,
) -> tuple[ArticleAnalysis, Judgement, Candidates]:
    """Analyse and judge the sentences of an article, with `weights` or those of the package."""
    analysis = analyse_article(paragraphs, title, language, weights or load_weights())
    table = feature_table(analysis, paragraphs, title, language)
    judgement = model.judge(table.rows, analysis.texts, language)
    roles = sentence_roles(title, lines_of(analysis), language)
    return analysis, judgement, candidates_of(analysis, judgement, roles)


def _budget_of(analysis: ArticleAnalysis, sentences_count: Any) -> Budget:
    count = sentences_count if callable(sentences_count) else ItemsCount(sentences_count)
    return Budget(len(count(analysis.sentences)), sum(analysis.word_counts) + 1)


def make_summarizer(document: Document) -> PrecisSummarizer:
    """Create the summarizer for the language of `document`."""
    return PrecisSummarizer(document.language)
