"""The block model: the probability that each block of a page belongs to the article.

Two stages of decision trees, trained by `benchmarks/fit_blocks.py`. The second stage gets the first stage's
probabilities of the neighbouring blocks.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from bot.core.boosted_trees import BoostedTrees
from bot.extract.alignment import Floats
from bot.extract.block_features import ReaderCoverage, candidate_blocks, first_stage_table, second_stage_table
from bot.extract.blocks import IN_CAPTION, Blocks


@cache
def load_trees() -> tuple[BoostedTrees, BoostedTrees]:
    """The trees of both stages; read from the package once."""
    return (
        BoostedTrees.load("bot.extract", "trained_trees/blocks-1"),
        BoostedTrees.load("bot.extract", "trained_trees/blocks-2"),
    )


def block_probabilities(blocks: Blocks, coverage: ReaderCoverage) -> Floats:
    """The probability of each block, 0 to 1; 0 for blocks far from everything that the readers found."""
    p = np.zeros(len(blocks))
    near = candidate_blocks(coverage)
    if not near.any():
        return p
    first, second = load_trees()
    table = first_stage_table(blocks, coverage)
    p[near] = first.predict(table[near])
    p[near] = second.predict(second_stage_table(table, p)[near])
    return p


def without_captions(blocks: Blocks, p: Floats) -> Floats:
    """The values `p`, with 0 for blocks inside `<figcaption>`: a caption is not part of the text."""
    captions = np.array([bool(blocks.context(i) & IN_CAPTION) for i in range(len(blocks))], dtype=np.bool_)
    return np.where(captions, 0.0, p)


def confidence(p: Floats, words: Floats) -> float:
    """The expected F1 of the best selection of blocks, if the probabilities are right.

    The maximum of 2·Σ(p·w of the k) / (Σ w of the k + Σ p·w) over all numbers k of most probable blocks.
    """
    if not len(p):
        return 0.0
    order = np.argsort(-p, kind="stable")
    mass = (p * words)[order]
    best = 2 * np.cumsum(mass) / (np.cumsum(words[order]) + mass.sum())
    return float(best.max())
