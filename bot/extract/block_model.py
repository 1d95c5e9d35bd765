"""The block model: the probability that each block of a page belongs to the article.

Decision trees, trained by `benchmarks/fit_blocks.py`, judge each block by its text, its place in the page,
the structure around it and the text of one reader.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from bot.core.boosted_trees import BoostedTrees
from bot.extract.alignment import Floats
from bot.extract.block_features import block_table
from bot.extract.blocks import IN_CAPTION, Blocks


@cache
def load_trees() -> BoostedTrees:
    """The trees of the package; read once."""
    return BoostedTrees.load("bot.extract", "trained_trees/blocks")


def block_probabilities(blocks: Blocks, coverage: Floats) -> Floats:
    """The probability of each block, 0 to 1; `coverage` is the share of each block that the reader has."""
    if not len(blocks):
        return np.zeros(0)
    return load_trees().predict(block_table(blocks, coverage))


def without_captions(blocks: Blocks, p: Floats) -> Floats:
    """The values `p`, with 0 for blocks inside `<figcaption>`: a caption is not part of the text."""
    captions = np.array([bool(blocks.context(i) & IN_CAPTION) for i in range(len(blocks))], dtype=np.bool_)
    return np.where(captions, 0.0, p)


def with_whole_lists(blocks: Blocks, p: Floats, words: Floats) -> Floats:
    """The values `p`, with their mean by words for the items of a list, which is kept or left as a whole."""
    elements = blocks.elements
    seen: dict[int, int] = {}
    lists = [
        elements.parent[e] if elements.tag[e] == "li" else -1 - at for at, e in enumerate(blocks.element)
    ]
    group = np.array([seen.setdefault(one, len(seen)) for one in lists], dtype=np.int64)
    means = np.bincount(group, p * words) / np.maximum(np.bincount(group, words), 1.0)
    return np.asarray(means[group], dtype=np.float64)


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
