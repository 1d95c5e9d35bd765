"""The block model: how likely each block of a page belongs to the article.

Two stages of trees, fitted by `benchmarks/fit_blocks.py`; the second sees what the first made of a
block's neighbours.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from bot.extract.alignment import Floats
from bot.extract.block_features import ReaderCoverage, candidate_blocks, first_stage_table, second_stage_table
from bot.extract.blocks import IN_CAPTION, Blocks
from bot.extract.boosted_trees import BoostedTrees


@cache
def load_trees() -> tuple[BoostedTrees, BoostedTrees]:
    """The trees of both stages, read from the package once."""
    return BoostedTrees.load("blocks-1"), BoostedTrees.load("blocks-2")


def block_probabilities(blocks: Blocks, coverage: ReaderCoverage) -> Floats:
    """For each block the probability, 0 to 1; 0 far from all that the readers found."""
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
    """Nothing inside `<figcaption>` belongs to an article's text."""
    captions = np.array([bool(blocks.context(i) & IN_CAPTION) for i in range(len(blocks))], dtype=np.bool_)
    return np.where(captions, 0.0, p)


def confidence(p: Floats, words: Floats) -> float:
    """The F1 that the best choice of blocks can be expected to have, if the probabilities are right.

    Over all numbers k of most likely blocks the greatest 2·Σ(p·w of the k) / (Σ w of the k + Σ p·w).
    """
    if not len(p):
        return 0.0
    order = np.argsort(-p, kind="stable")
    mass = (p * words)[order]
    best = 2 * np.cumsum(mass) / (np.cumsum(words[order]) + mass.sum())
    return float(best.max())
