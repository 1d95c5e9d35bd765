"""Select the blocks of a page that are the article.

resiliparse reads the page first, and the block model decides from its text and the structure of the page. If
the confidence of the model is too low, all readers vote.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from bot.extract.alignment import Floats, PageIndex
from bot.extract.block_model import block_probabilities, confidence, with_whole_lists, without_captions
from bot.extract.block_sums import Ints, words_of
from bot.extract.blocks import Blocks
from bot.extract.readers import FIRST_READER, ReaderCache

SelectionStep = Literal["model", "vote"]

_HALF = 0.5
_MIN_WORDS = 60


class Thresholds(Struct, frozen=True):
    """Chosen on WCXB dev, out of fold by domain; `benchmarks/fit_blocks.py` prints the scores."""

    min_probability: float
    """A block with at least this probability is selected by the block model."""
    min_confidence: float
    """If the confidence of the block model is lower, the readers vote."""
    min_votes: int
    """A block is selected by the vote if at least this many readers have half of it."""


THRESHOLDS = Thresholds(min_probability=0.40, min_confidence=0.75, min_votes=2)


class BlockSelection(Struct, frozen=True):
    """The selected blocks, the step that selected them and the reason."""

    selected: NDArray[np.bool_]
    step: SelectionStep
    why: str
    confidence: float


class Evidence(Struct, frozen=True):
    """The input of the steps."""

    blocks: Blocks
    words: Floats
    """The number of words of each block; an estimate in scripts without spaces."""
    coverage: Floats
    """The share of each block that the first reader extracted, 0 to 1."""
    probabilities: Floats
    """The block model's probability of each block, 0 to 1."""
    votes: Callable[[], Ints]
    """For each block, the number of readers that have at least half of it."""


def collect_evidence(blocks: Blocks, readers: ReaderCache) -> Evidence:
    """Align the first reader's text with the blocks and ask the block model."""
    index = PageIndex(blocks)
    coverage = index.block_coverage(index.covered_words(readers.result_of(FIRST_READER).text))

    def votes() -> Ints:
        covers = [index.block_coverage(index.covered_words(result.text)) for result in readers.all_results()]
        return np.asarray(np.sum([cover >= _HALF for cover in covers], axis=0), dtype=np.int64)

    return Evidence(blocks, words_of(blocks), coverage, block_probabilities(blocks, coverage), votes)


def select_blocks(evidence: Evidence, thresholds: Thresholds = THRESHOLDS) -> BlockSelection:
    """The selection of the first step that can decide; the vote always can."""
    return select_by_model(evidence, thresholds) or select_by_vote(evidence, thresholds)


def select_by_model(evidence: Evidence, thresholds: Thresholds) -> BlockSelection | None:
    """The blocks that the model finds probable; None if its confidence is low or they have too few words."""
    p = without_captions(evidence.blocks, evidence.probabilities)
    model_confidence = confidence(p, evidence.words)
    selected = with_whole_lists(evidence.blocks, p, evidence.words) >= thresholds.min_probability
    words = int(evidence.words[selected].sum())
    if model_confidence < thresholds.min_confidence or words < _MIN_WORDS:
        return None
    why = f"the block model has a confidence of {model_confidence:.0%} in {words} words"
    return BlockSelection(selected, "model", why, model_confidence)


def select_by_vote(evidence: Evidence, thresholds: Thresholds) -> BlockSelection:
    """The blocks of which enough readers have at least half."""
    model_confidence = confidence(evidence.probabilities, evidence.words)
    selected = without_captions(evidence.blocks, evidence.votes().astype(np.float64)) >= thresholds.min_votes
    why = (
        f"the confidence of the block model, {model_confidence:.0%}, is too low;"
        f" at least {thresholds.min_votes} readers have these blocks"
    )
    return BlockSelection(selected, "vote", why, min(model_confidence, thresholds.min_confidence))
