"""Precis' own method: judge each sentence, then choose the sentences of the reply as a whole.

`judge` gives each sentence the probabilities that it stands alone, leans on the sentence before it, is not
the article's prose, is a fragment or says nothing, and how much a reader wants it. `reply_selection` searches
for the best set within the budget. The rules of cohesion.py hold for every set: a sentence that they exclude
is never picked, and one that depends on the sentence before it only directly after that sentence.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
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
from bot.summarize.concepts import concepts_of
from bot.summarize.document import Document
from bot.summarize.judge.feature_table import feature_table
from bot.summarize.judge.sentence_model import Judgement, SentenceModel, load_model
from bot.summarize.judge.word_grams import CLASSES
from bot.summarize.length_budget import Budget
from bot.summarize.repetition import fact_values
from bot.summarize.reply_refusal import deserves_no_reply, refusal_reason
from bot.summarize.reply_selection import FILL, PRICES, Candidates, Choice, choose
from bot.summarize.sentence_features import SHORT
from bot.summarize.sentence_roles import FACTORS, UNCHANGED, Line, Role, sentence_roles
from bot.summarize.word_statistics import Floats

_NEVER_PICKED = frozenset({ParagraphKind.HEADING, ParagraphKind.TABLE, ParagraphKind.CODE})
_EMPTY_POWER = 0.5
"""How much more it counts against a sentence that it says nothing than that it leans on another one."""
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


def lines_of(analysis: ArticleAnalysis) -> list[Line]:
    """The sentences with the kinds of their paragraphs."""
    sizes = Counter(getattr(sentence, "paragraph", at) for at, sentence in enumerate(analysis.sentences))
    return [
        Line(text, _kind_of(sentence), sizes[getattr(sentence, "paragraph", at)] == 1)
        for at, (text, sentence) in enumerate(zip(analysis.texts, analysis.sentences, strict=True))
    ]


def _kind_of(sentence: Any) -> ParagraphKind:
    kind: ParagraphKind = getattr(sentence, "kind", ParagraphKind.PARAGRAPH)
    return kind


def candidates_of(
    analysis: ArticleAnalysis, judgement: Judgement, roles: Sequence[Role | None]
) -> Candidates:
    """The sentences of an article as the search sees them."""
    alone, leaning, empty = (judgement.probabilities[:, CLASSES.index(letter)] for letter in "SLO")
    good, news, wanted = _factors(roles)
    useful = good * (1 - empty) ** _EMPTY_POWER
    can_follow = np.array(
        [
            _kind_of(sentence) not in _NEVER_PICKED and not mark.exclusion
            for sentence, mark in zip(analysis.sentences, analysis.marks, strict=True)
        ],
        dtype=bool,
    )
    # "This study" in an abstract refers to the abstract itself
    depends = np.array(
        [
            bool(mark.dependence) and role is not Role.AIM
            for mark, role in zip(analysis.marks, roles, strict=True)
        ],
        dtype=bool,
    )
    sizes = np.asarray(analysis.word_counts, dtype=float)
    likely = judgement.news * news
    return Candidates(
        good_alone=np.minimum(1.0, alone * useful),
        good_after=np.minimum(1.0, (alone + _LEANING_AFTER * leaning * (sizes >= SHORT)) * useful),
        news=likely / max(1e-9, likely.sum()),
        wanted=np.minimum(1.0, judgement.wanted * wanted),
        word_counts=sizes,
        can_start=can_follow & ~depends,
        can_follow=can_follow,
        facts=fact_values(analysis.statistics),
        concepts=concepts_of(analysis.statistics, analysis.word_coverage, analysis.pair_coverage),
    )


def _factors(roles: Sequence[Role | None]) -> tuple[Floats, Floats, Floats]:
    """What the roles change of the probabilities that a sentence is good, the news, and wanted."""
    found = [FACTORS[role] if role else UNCHANGED for role in roles]
    table = np.array([(one.good, one.news, one.wanted) for one in found], dtype=float).reshape(-1, 3)
    return table[:, 0], table[:, 1], table[:, 2]


def _budget_of(analysis: ArticleAnalysis, sentences_count: Any) -> Budget:
    count = sentences_count if callable(sentences_count) else ItemsCount(sentences_count)
    return Budget(len(count(analysis.sentences)), sum(analysis.word_counts) + 1)


def make_summarizer(document: Document) -> PrecisSummarizer:
    """Create the summarizer for the language of `document`."""
    return PrecisSummarizer(document.language)
