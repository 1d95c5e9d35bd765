"""The fitted model: what kind of sentence each one is, and how much a reader wants it.

Three steps, each fitted on probabilities that the step before gave to articles it had not seen (stacking:
Wolpert 1992): words alone (`word_grams`), trees on all signals, and trees on signals and probabilities that
tell which sentences an editor picks. `benchmarks/fit_sentences.py` fits them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from bot.core.boosted_trees import BoostedTrees
from bot.summarize.judge.neighbours import standing, with_neighbours
from bot.summarize.judge.word_grams import CLASSES, GramModel, softmax
from bot.summarize.word_statistics import Floats

LANGUAGES = frozenset({"de", "en", "es", "fr", "it", "nl", "pt"})
"""The languages of the annotated articles. In another language no word has a meaning for the model."""
_RANK_SHARE, _RANK_SCALE = 0.5, 1.3


@dataclass(frozen=True)
class Judgement:
    """What the model says of the sentences of an article."""

    probabilities: Floats
    """One row for each sentence, one column for each of `CLASSES`."""
    news: Floats
    """The probability that it is the sentence that a reader wants most; adds up to one."""
    wanted: Floats
    """The probability that a careful editor picks it."""


@dataclass(frozen=True)
class SentenceModel:
    """The parts of the model."""

    grams: GramModel
    kinds: BoostedTrees
    ranks: BoostedTrees
    firsts: BoostedTrees
    picks: BoostedTrees

    def judge(self, signals: Floats, texts: Sequence[str], language: str) -> Judgement:
        """Judge the sentences of one article; `signals` are the rows of its feature table."""
        by_words = self.by_words(texts, language)
        probabilities = softmax(self.kinds.sums(kind_table(signals, by_words), len(CLASSES)))
        table = pick_table(signals, probabilities)
        ranks, firsts = self.ranks.sums(table).T, self.firsts.sums(table).T
        news = _RANK_SHARE * softmax(_RANK_SCALE * ranks) + (1 - _RANK_SHARE) * softmax(firsts)
        return Judgement(probabilities, news[0], self.picks.predict(table))

    def by_words(self, texts: Sequence[str], language: str) -> Floats:
        """The probabilities by words alone."""
        return self.grams.probabilities(texts) if language in LANGUAGES else self.grams.prior(len(texts))


def kind_table(signals: Floats, by_words: Floats) -> Floats:
    """What the trees read that tell the kinds."""
    return np.hstack([signals, with_neighbours(by_words)])


def pick_table(signals: Floats, probabilities: Floats) -> Floats:
    """What the trees read that tell which sentences are wanted."""
    return np.hstack([signals, with_neighbours(probabilities), standing(probabilities)])


@cache
def load_model() -> SentenceModel:
    """The model of the package."""
    trees = (
        BoostedTrees.load("bot.summarize", f"data/{name}") for name in ("kinds", "ranks", "firsts", "picks")
    )
    return SentenceModel(GramModel.load("grams"), *trees)
