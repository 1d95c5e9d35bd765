"""Training pages of the block model, and trees that are fitted on some of them.

`benchmarks.fit_blocks` reports and writes the trees; other commands use the trees that never saw a page's
domain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
from numpy.typing import NDArray

from benchmarks.block_pages import block_page_samples
from benchmarks.built_pages import BuiltSample
from benchmarks.extraction_score import score_page
from benchmarks.page_corpus import Sample, map_samples
from benchmarks.tree_text import tree_lines
from benchmarks.unseen_domains import ByFold
from bot.core.boosted_trees import BoostedTrees
from bot.extract.alignment import Floats, PageIndex
from bot.extract.block_features import block_table
from bot.extract.block_selection import Evidence, collect_evidence
from bot.extract.block_sums import words_of
from bot.extract.blocks import Blocks, split_blocks
from bot.extract.charset import decode_html
from bot.extract.extractor import clean_tree
from bot.extract.html_tree import parse_html
from bot.extract.meta_tags import read_meta_tags
from bot.extract.metadata import read_metadata
from bot.extract.page_elements import PageElements
from bot.extract.readers import CleanPage, ReaderCache

FOLDS = 5
ROUNDS = 250
PARAMETERS = {
    "objective": "cross_entropy",
    "num_leaves": 8,
    "learning_rate": 0.05,
    "min_data_in_leaf": 100,
    "feature_fraction": 0.4,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 10,
    "seed": 7,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbose": -1,
}
_LEAST_ORACLE = 0.9
_LEAST_VOTE = 0.5
_FEW_WORDS = 80
_POWER = 0.8


@dataclass(slots=True)
class BlockCase:
    """A prepared page: its features, the true share of each block, and more input."""

    sample: Sample
    title: str
    blocks: Blocks
    words: Floats
    coverage: Floats
    table: Floats
    label: Floats
    votes: NDArray[np.int64]
    usable: bool
    probabilities: Floats = field(default_factory=lambda: np.zeros(0))
    """Out of fold: predictions of trees that never saw a page of the case's domain."""

    @property
    def is_built(self) -> bool:
        return isinstance(self.sample, BuiltSample)

    @property
    def weight(self) -> Floats:
        return np.asarray((self.words / max(_FEW_WORDS, float((self.label * self.words).sum()))) ** _POWER)

    @property
    def evidence(self) -> Evidence:
        """The input of `select_blocks`, with the out-of-fold predictions."""
        return Evidence(self.blocks, self.words, self.coverage, self.probabilities, lambda: self.votes)


def text_of(blocks: Blocks, keep: NDArray[np.bool_]) -> str:
    return "\n".join(text for text, kept in zip(blocks.texts, keep, strict=True) if kept)


def block_case_of(sample: Sample) -> BlockCase | None:
    root = parse_html(decode_html(sample.page.content, sample.page.content_type))
    if root is None:
        return None
    title = read_metadata(
        PageElements(root), read_meta_tags(PageElements(root), sample.url), sample.url
    ).title
    clean_tree(root, sample.url)
    blocks = split_blocks(root)
    if not len(blocks):
        return None
    evidence = collect_evidence(blocks, ReaderCache(CleanPage(sample.url, root)))
    index = PageIndex(blocks)
    label = index.block_coverage(index.covered_words(sample.body))
    votes = evidence.votes()
    usable = isinstance(sample, BuiltSample) or (
        score_page(sample.body, text_of(blocks, label >= 0.5)).f1 >= _LEAST_ORACLE
        and score_page(sample.body, text_of(blocks, votes >= 3)).f1 > _LEAST_VOTE
    )
    table = block_table(blocks, evidence.coverage)
    return BlockCase(sample, title, blocks, words_of(blocks), evidence.coverage, table, label, votes, usable)


def block_cases_of(wanted: Sequence[Sample], cache: Path | None) -> list[BlockCase]:
    """The prepared articles among the pages, except those without a block, and then the built pages."""
    articles = [sample for sample in wanted if sample.kind == "article"]
    found = [
        *map_samples(block_case_of, articles, cache, "blocks"),
        *map(block_case_of, block_page_samples()),
    ]
    return [case for case in found if case is not None]


def fit(cases: Sequence[BlockCase]) -> Any:
    """LightGBM's trees, fitted on the usable cases."""
    usable = [case for case in cases if case.usable]
    rows = np.vstack([case.table for case in usable])
    label = np.concatenate([case.label for case in usable])
    weight = np.concatenate([case.weight for case in usable])
    return lightgbm.train(PARAMETERS, lightgbm.Dataset(rows, label, weight=weight), ROUNDS)


def out_of_fold(cases: Sequence[BlockCase]) -> ByFold:
    """Fill `case.probabilities`; returns the trees, for each fold fitted on the other folds only."""
    found = []
    for number in range(FOLDS):
        trees = BoostedTrees(tree_lines(fit([case for case in cases if case.sample.fold(FOLDS) != number])))
        for case in cases:
            if case.sample.fold(FOLDS) == number:
                case.probabilities = trees.predict(case.table)
        found.append(trees)
    return found


def trees_by_fold(wanted: Sequence[Sample], cache: Path | None) -> ByFold:
    """For each fold the block model's trees, fitted on the other folds only."""
    return out_of_fold(block_cases_of(wanted, cache))
