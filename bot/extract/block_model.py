"""The block model: the probability that each block of a page belongs to the article.

Decision trees judge each block by itself, its place in the page, the structure around it and the text of one
reader. A small neural network reads the same columns along the page, so it judges a block by what is around
it too. The log-odds of a block are the mean of both. `benchmarks/fit_blocks.py` fits them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from bot.core.boosted_trees import BoostedTrees
from bot.extract.alignment import Floats
from bot.extract.block_features import block_table, network_table
from bot.extract.block_network import BlockNetwork
from bot.extract.block_sums import words_of
from bot.extract.blocks import IN_CAPTION, Blocks


@dataclass(frozen=True)
class BlockModel:
    """The two parts of the model."""

    trees: BoostedTrees
    network: BlockNetwork

    def probabilities(self, blocks: Blocks, table: Floats) -> Floats:
        """The probability of each block of a page, 0 to 1, from its `block_table`."""
        of_trees = self.trees.sums(table)[:, 0]
        of_network = self.network.log_odds(network_table(blocks, table), words_of(blocks))
        return np.asarray(1 / (1 + np.exp(-(of_trees + of_network) / 2)), dtype=np.float64)


@cache
def load_model() -> BlockModel:
    """The model of the package; read once."""
    return BlockModel(
        BoostedTrees.load("bot.extract", "trained_trees/blocks"),
        BlockNetwork.load("trained_trees/block-network"),
    )


def block_probabilities(blocks: Blocks, coverage: Floats) -> Floats:
    """The probability of each block, 0 to 1; `coverage` is the share of each block that the reader has."""
    if not len(blocks):
        return np.zeros(0)
    return load_model().probabilities(blocks, block_table(blocks, coverage))


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
