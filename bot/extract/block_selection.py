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
from bot.extract.block_features import Ints, ReaderCoverage
from bot.extract.block_model import block_probabilities, confidence, without_captions
from bot.extract.blocks import Blocks
from bot.extract.readers import FIRST_READERS, ReaderCache

ExtractionMode = Literal["default", "best"]
SelectionStep = Literal["agreement", "model", "vote"]

_HALF = 0.5
_MIN_WORDS = 60
_MAX_RATIO = 4.0


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Chosen on WCXB dev, out of fold by domain (`benchmarks/fit_blocks.py` prints what they give)."""

    min_agreement: float
    """precise and resiliparse share so much of their words: nothing more is asked."""
    min_probability: float
    """The least probability of a block of the article."""
    min_confidence: float
    """Below this confidence of the block model the readers vote."""
    min_votes: int
    """So many readers must have half of a block."""


THRESHOLDS: dict[ExtractionMode, Thresholds] = {
    "default": Thresholds(min_agreement=0.99, min_probability=0.40, min_confidence=0.75, min_votes=2),
    "best": Thresholds(min_agreement=1.01, min_probability=0.40, min_confidence=0.75, min_votes=2),
}


@dataclass(frozen=True, slots=True)
class BlockSelection:
    """The blocks that were chosen, by which step and why."""

    selected: NDArray[np.bool_]
    step: SelectionStep
    why: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the steps decide from; what costs time is worked out when a step asks for it."""

    blocks: Blocks
    words: Floats
    coverage: ReaderCoverage
    probabilities: Callable[[], Floats]
    """The block model's probabilities."""
    votes: Callable[[], Ints]
    """How many of all readers have at least half of each block."""


def collect_evidence(blocks: Blocks, readers: ReaderCache) -> Evidence:
    """Lay the first two readings against the blocks; the others are read if the vote is called."""
    index = PageIndex(blocks)
    precise, resiliparse = (index.covered_words(readers.result_of(name).text) for name in FIRST_READERS)
    both, either = int((precise & resiliparse).sum()), int(precise.sum()) + int(resiliparse.sum())
    coverage = ReaderCoverage(
        index.block_coverage(precise),
        index.block_coverage(resiliparse),
        2 * both / max(either, 1),
        min(_MAX_RATIO, float(precise.sum()) / max(float(resiliparse.sum()), 1.0)),
    )

    def votes() -> Ints:
        covers = [
            index.block_coverage(index.covered_words(reading.text)) for reading in readers.voter_results()
        ]
        return np.asarray(np.sum([cover >= _HALF for cover in covers], axis=0), dtype=np.int64)

    words = np.array([len(words) for words in blocks.words], dtype=np.float64)
    return Evidence(blocks, words, coverage, lambda: block_probabilities(blocks, coverage), votes)


def select_blocks(evidence: Evidence, mode: ExtractionMode) -> BlockSelection:
    """The first step that is sure decides; the vote always is."""
    thresholds = THRESHOLDS[mode]
    return (
        select_by_agreement(evidence, thresholds)
        or select_by_model(evidence, thresholds)
        or select_by_vote(evidence, thresholds)
    )


def select_by_agreement(evidence: Evidence, thresholds: Thresholds) -> BlockSelection | None:
    """What precise has, where resiliparse has the same."""
    coverage = evidence.coverage
    if coverage.agreement < thresholds.min_agreement:
        return None
    selected = without_captions(evidence.blocks, coverage.precise) >= _HALF
    if evidence.words[selected].sum() < _MIN_WORDS:
        return None
    why = f"precise and resiliparse share {coverage.agreement:.0%} of their words"
    return BlockSelection(selected, "agreement", why, 0.5 + coverage.agreement / 2 - 0.03)


def select_by_model(evidence: Evidence, thresholds: Thresholds) -> BlockSelection | None:
    """The blocks that the model holds likely, unless it is unsure of the whole."""
    p = without_captions(evidence.blocks, evidence.probabilities())
    sure = confidence(p, evidence.words)
    selected = p >= thresholds.min_probability
    words = int(evidence.words[selected].sum())
    if sure < thresholds.min_confidence or words < _MIN_WORDS:
        return None
    return BlockSelection(selected, "model", f"the block model is {sure:.0%} sure of {words} words", sure)


def select_by_vote(evidence: Evidence, thresholds: Thresholds) -> BlockSelection:
    """The blocks that enough readers have."""
    sure = confidence(evidence.probabilities(), evidence.words)
    selected = without_captions(evidence.blocks, evidence.votes().astype(np.float64)) >= thresholds.min_votes
    why = f"the block model is {sure:.0%} sure, too little; at least {thresholds.min_votes} readers have these blocks"
    return BlockSelection(selected, "vote", why, min(sure, thresholds.min_confidence))
