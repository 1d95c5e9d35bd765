"""The fitted model: what kind of sentence each one is, and how much a reader wants it.

Three steps, each fitted on what the step before said of articles it had not seen (stacking: Wolpert 1992):
words alone (`word_grams`), trees and networks on all signals, and trees on signals and probabilities that
tell which sentences an editor picks. Trees and networks make different mistakes, so the mean of their
log-odds is better than each. `benchmarks/fit_sentences.py` fits them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from msgspec import Struct

from bot.core.boosted_trees import BoostedTrees
from bot.summarize.judge import word_grams
from bot.summarize.judge.neighbours import compared, standing, with_neighbours
from bot.summarize.judge.sentence_network import NEWS, WANTED, SentenceNetwork
from bot.summarize.judge.word_grams import CLASSES, GramModel, softmax
from bot.summarize.word_statistics import Floats

LANGUAGES = frozenset({"de", "en", "es", "fr", "it", "nl", "pt"})
"""The languages of the annotated articles. In another language no word has a meaning for the model."""
_RANK_SHARE, _RANK_SCALE = 0.5, 1.3
_NETWORK_SHARE, _NETWORK_SCALE = 0.5, 1.0


class Judgement(Struct, frozen=True):
    """What the model says of the sentences of an article."""

    probabilities: Floats
    """One row for each sentence, one column for each of `CLASSES`."""
    news: Floats
    """The probability that it is the sentence that a reader wants most; adds up to one."""
    wanted: Floats
    """The probability that a careful editor picks it."""


class SentenceModel(Struct, frozen=True):
    """The parts of the model."""

    grams: GramModel
    networks: SentenceNetwork
    kinds: BoostedTrees
    ranks: BoostedTrees
    firsts: BoostedTrees
    picks: BoostedTrees

    def judge(self, signals: Floats, texts: Sequence[str], language: str) -> Judgement:
        """Judge the sentences of one article; `signals` are the rows of its feature table."""
        by_words = self.by_words(texts, language)
        table = kind_table(signals, by_words)
        outputs = self.networks.outputs(table)
        probabilities = blended(self.kinds.sums(table, len(CLASSES)), outputs)
        table = pick_table(signals, by_words, probabilities)
        ranks, firsts = self.ranks.sums(table)[:, 0], self.firsts.sums(table)[:, 0]
        odds = (self.picks.sums(table)[:, 0] + outputs[:, WANTED]) / 2
        return Judgement(probabilities, news_of(ranks, firsts, outputs), 1 / (1 + np.exp(-odds)))

    def by_words(self, texts: Sequence[str], language: str) -> Floats:
        """What the words alone say."""
        return self.grams.judge(texts) if language in LANGUAGES else self.grams.without_words(len(texts))


def blended(sums: Floats, outputs: Floats) -> Floats:
    """The probabilities of the classes, from the sums of the trees and the outputs of the networks."""
    return softmax((sums + outputs[:, : len(CLASSES)]) / 2)


def news_of(ranks: Floats, firsts: Floats, outputs: Floats) -> Floats:
    """The probability that each sentence is the news."""
    trees = _RANK_SHARE * softmax(_RANK_SCALE * ranks[None]) + (1 - _RANK_SHARE) * softmax(firsts[None])
    networks = softmax(_NETWORK_SCALE * outputs[None, :, NEWS])
    result: Floats = _NETWORK_SHARE * networks[0] + (1 - _NETWORK_SHARE) * trees[0]
    return result


def kind_table(signals: Floats, by_words: Floats) -> Floats:
    """What is read to tell the kinds; the networks read it for everything."""
    classes, wanted = by_words[:, : word_grams.WANTED], by_words[:, word_grams.WANTED]
    return np.hstack([signals, compared(wanted), with_neighbours(classes)])


def pick_table(signals: Floats, by_words: Floats, probabilities: Floats) -> Floats:
    """What the trees read that tell which sentences are wanted."""
    wanted = by_words[:, word_grams.WANTED]
    return np.hstack([signals, compared(wanted), with_neighbours(probabilities), standing(probabilities)])


@cache
def load_model() -> SentenceModel:
    """The model of the package."""
    trees = (
        BoostedTrees.load("bot.summarize", f"data/{name}") for name in ("kinds", "ranks", "firsts", "picks")
    )
    return SentenceModel(GramModel.load("grams"), SentenceNetwork.load("networks"), *trees)
