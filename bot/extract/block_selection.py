"""Select the blocks of a page that are the article.

trafilatura (precise and fast) and resiliparse read the page first. If they agree, the blocks of trafilatura
are selected. Otherwise the block model decides. If its confidence is too low, all readers vote.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bot.extract.alignment import Floats, PageIndex
from bot.extract.block_features import ReaderCoverage
from bot.extract.block_model import block_probabilities, confidence, without_captions
from bot.extract.block_sums import Ints
from bot.extract.blocks import Blocks
from bot.extract.readers import FIRST_READERS, ReaderCache

ExtractionMode = Literal["default", "best"]
SelectionStep = Literal["agreement", "model", "vote"]

_HALF = 0.5
_MIN_WORDS = 60
_MAX_RATIO = 4.0


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Chosen on WCXB dev, out of fold by domain; `benchmarks/fit_blocks.py` prints the scores."""

    min_agreement: float
    """If precise and resiliparse agree at least this much (0 to 1), their agreement decides."""
    min_probability: float
    """A block with at least this probability is selected by the block model."""
    min_confidence: float
    """If the confidence of the block model is lower, the readers vote."""
    min_votes: int
    """A block is selected by the vote if at least this many readers have half of it."""


THRESHOLDS: dict[ExtractionMode, Thresholds] = {
    "default": Thresholds(min_agreement=0.99, min_probability=0.40, min_confidence=0.75, min_votes=2),
    "best": Thresholds(min_agreement=1.01, min_probability=0.40, min_confidence=0.75, min_votes=2),
}


@dataclass(frozen=True, slots=True)
class BlockSelection:
    """The selected blocks, the step that selected them and the reason."""

    selected: NDArray[np.bool_]
    step: SelectionStep
    why: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """The input of the steps. The expensive parts are computed when a step needs them."""

    blocks: Blocks
    words: Floats
    coverage: ReaderCoverage
    probabilities: Callable[[], Floats]
    """The block model's probabilities."""
    votes: Callable[[], Ints]
    """For each block, the number of readers that have at least half of it."""


def collect_evidence(blocks: Blocks, readers: ReaderCache) -> Evidence:
    """Align the texts of the first two readers with the blocks. The other readers run only for a vote."""
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
            index.block_coverage(index.covered_words(result.text)) for result in readers.voter_results()
        ]
        return np.asarray(np.sum([cover >= _HALF for cover in covers], axis=0), dtype=np.int64)

    words = np.array([len(words) for words in blocks.words], dtype=np.float64)
    return Evidence(blocks, words, coverage, lambda: block_probabilities(blocks, coverage), votes)


def select_blocks(evidence: Evidence, mode: ExtractionMode) -> BlockSelection:
    """The selection of the first step that can decide; the vote always can."""
    thresholds = THRESHOLDS[mode]
    return (
        select_by_agreement(evidence, thresholds)
        or select_by_model(evidence, thresholds)
        or select_by_vote(evidence, thresholds)
    )


def select_by_agreement(evidence: Evidence, thresholds: Thresholds) -> BlockSelection | None:
    """The blocks of precise, if resiliparse has the same; None if they differ or have too few words."""
    coverage = evidence.coverage
    if coverage.agreement < thresholds.min_agreement:
        return None
    selected = without_captions(evidence.blocks, coverage.precise) >= _HALF
    if evidence.words[selected].sum() < _MIN_WORDS:
        return None
    why = f"precise and resiliparse share {coverage.agreement:.0%} of their words"
    return BlockSelection(selected, "agreement", why, 0.5 + coverage.agreement / 2 - 0.03)


def select_by_model(evidence: Evidence, thresholds: Thresholds) -> BlockSelection | None:
    """The blocks that the model finds probable; None if its confidence is low or they have too few words."""
    p = without_captions(evidence.blocks, evidence.probabilities())
    model_confidence = confidence(p, evidence.words)
    selected = p >= thresholds.min_probability
    words = int(evidence.words[selected].sum())
    if model_confidence < thresholds.min_confidence or words < _MIN_WORDS:
        return None
    why = f"the block model has a confidence of {model_confidence:.0%} in {words} words"
    return BlockSelection(selected, "model", why, model_confidence)


def select_by_vote(evidence: Evidence, thresholds: Thresholds) -> BlockSelection:
    """The blocks of which enough readers have at least half."""
    model_confidence = confidence(evidence.probabilities(), evidence.words)
    selected = without_captions(evidence.blocks, evidence.votes().astype(np.float64)) >= thresholds.min_votes
    why = (
        f"the confidence of the block model, {model_confidence:.0%}, is too low;"
        f" at least {thresholds.min_votes} readers have these blocks"
    )
    return BlockSelection(selected, "vote", why, min(model_confidence, thresholds.min_confidence))
