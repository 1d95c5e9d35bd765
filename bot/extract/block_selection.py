"""Which blocks of a page are the article: each step a function from what is known to a choice.

trafilatura (precise and fast) and resiliparse are read first. Where they agree, what the first has is
the article. Where they do not, the block model weighs every block. Where that is unsure, all vote.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bot.extract.alignment import Floats, PageIndex
from bot.extract.block_features import Ints, Shares
from bot.extract.block_model import confidence, probabilities, without_captions
from bot.extract.blocks import Blocks
from bot.extract.readers import FIRST, Desk

Setting = Literal["default", "best"]
Step = Literal["agreement", "model", "vote"]

_HALF = 0.5
_LEAST_WORDS = 60
_MOST_RATIO = 4.0


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Chosen on WCXB dev, out of fold by domain (`benchmarks/fit_blocks.py` prints what they give)."""

    agree: float
    """precise and resiliparse share so much of their words: nothing more is asked."""
    keep: float
    """The least probability of a block of the article."""
    sure: float
    """Below this confidence of the block model the readers vote."""
    votes: int
    """So many readers must have half of a block."""


THRESHOLDS: dict[Setting, Thresholds] = {
    "default": Thresholds(agree=0.99, keep=0.40, sure=0.75, votes=2),
    "best": Thresholds(agree=1.01, keep=0.40, sure=0.75, votes=2),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """The blocks that were chosen, by which step and why."""

    keep: NDArray[np.bool_]
    step: Step
    why: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the steps decide from; what costs time is worked out when a step asks for it."""

    blocks: Blocks
    words: Floats
    shares: Shares
    p: Callable[[], Floats]
    """The block model's probabilities."""
    votes: Callable[[], Ints]
    """How many of all readers have at least half of each block."""


def weigh(blocks: Blocks, desk: Desk) -> Evidence:
    """Lay the first two readings against the blocks; the others are read if the vote is called."""
    index = PageIndex(blocks)
    precise, resiliparse = (index.cover(desk.read(name).text) for name in FIRST)
    both, either = int((precise & resiliparse).sum()), int(precise.sum()) + int(resiliparse.sum())
    shares = Shares(
        index.shares(precise),
        index.shares(resiliparse),
        2 * both / max(either, 1),
        min(_MOST_RATIO, float(precise.sum()) / max(float(resiliparse.sum()), 1.0)),
    )

    def votes() -> Ints:
        covers = [index.shares(index.cover(reading.text)) for reading in desk.voters()]
        return np.asarray(np.sum([cover >= _HALF for cover in covers], axis=0), dtype=np.int64)

    words = np.array([len(words) for words in blocks.words], dtype=np.float64)
    return Evidence(blocks, words, shares, lambda: probabilities(blocks, shares), votes)


def choose(evidence: Evidence, setting: Setting) -> Choice:
    """The first step that is sure decides; the vote always is."""
    limits = THRESHOLDS[setting]
    return by_agreement(evidence, limits) or by_model(evidence, limits) or by_vote(evidence, limits)


def by_agreement(evidence: Evidence, limits: Thresholds) -> Choice | None:
    """What precise has, where resiliparse has the same."""
    shares = evidence.shares
    if shares.agreement < limits.agree:
        return None
    keep = without_captions(evidence.blocks, shares.precise) >= _HALF
    if evidence.words[keep].sum() < _LEAST_WORDS:
        return None
    why = f"precise and resiliparse share {shares.agreement:.0%} of their words"
    return Choice(keep, "agreement", why, 0.5 + shares.agreement / 2 - 0.03)


def by_model(evidence: Evidence, limits: Thresholds) -> Choice | None:
    """The blocks that the model holds likely, unless it is unsure of the whole."""
    p = without_captions(evidence.blocks, evidence.p())
    sure = confidence(p, evidence.words)
    keep = p >= limits.keep
    words = int(evidence.words[keep].sum())
    if sure < limits.sure or words < _LEAST_WORDS:
        return None
    return Choice(keep, "model", f"the block model is {sure:.0%} sure of {words} words", sure)


def by_vote(evidence: Evidence, limits: Thresholds) -> Choice:
    """The blocks that enough readers have."""
    sure = confidence(evidence.p(), evidence.words)
    keep = without_captions(evidence.blocks, evidence.votes().astype(np.float64)) >= limits.votes
    why = f"the block model is {sure:.0%} sure, too little; at least {limits.votes} readers have these blocks"
    return Choice(keep, "vote", why, min(sure, limits.sure))
