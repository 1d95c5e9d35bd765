"""Summarize an Article: whole sentences, word for word, in the order of the article."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from msgspec.structs import replace

import bot.summarize.sumy_import  # noqa: F401 (before everything that imports sumy)
from bot.core.models import Article, LengthLimits, ScoredSentence, Summary
from bot.summarize import method_registry
from bot.summarize.document import Document, Sentence
from bot.summarize.key_words import key_words, reading_minutes
from bot.summarize.length_budget import Budget
from bot.summarize.word_tokens import count_words

__all__ = ["key_words", "reading_minutes", "summarize"]


def summarize(
    article: Article, length: LengthLimits, method: str = "precis", *, explain: bool = False
) -> Summary:
    """Pick the best sentences of `article` by `method`, within `length`.

    `length` limits the sentences, the words as a person counts them, and the share of words saved; the
    tightest limit wins. If no sentence can be picked, `Summary.sentences` is empty; this is not an error, and
    `Summary.refusal` may say why.
    With `explain`, `Summary.scored` has every sentence that was considered. Raises ValueError for an unknown
    method.
    """
    registered = method_registry.find_method(method)
    total = count_words(article.text)
    budget = replace(Budget.for_article(length, total), explained=explain)
    document = Document(article, registered.limits, every_kind=registered.every_kind)
    picked = _pick(method_registry.load_factory(registered)(document), document, budget)
    return Summary(
        sentences=tuple(sentence.text for sentence in picked),
        article_words=total,
        summary_words=sum(sentence.word_count for sentence in picked),
        method=method,
        scored=_scored_sentences(document, budget, picked) if explain else (),
        refusal=budget.refusal,
    )


def _pick(summarizer: Any, document: Document, budget: Budget) -> tuple[Sentence, ...]:
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return tuple(summarizer(document, budget))
    except (ArithmeticError, ValueError, LookupError, AssertionError):
        # sumy's methods fail for documents without words, with one sentence or with empty matrices
        return ()


def _scored_sentences(
    document: Document, budget: Budget, picked: tuple[Sentence, ...]
) -> tuple[ScoredSentence, ...]:
    chosen = set(picked)
    return tuple(
        ScoredSentence(
            text=one.text,
            score=budget.ratings.get(one.index, 0.0),
            picked=one in chosen,
            why=budget.reasons.get(one.index, "picked" if one in chosen else ""),
            features=budget.features.get(one.index, ()),
        )
        for one in document.sentences
    )
