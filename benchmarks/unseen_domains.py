"""Reads a page with trees that never saw its domain."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from unittest.mock import patch

from benchmarks.page_corpus import Sample
from bot.core.boosted_trees import BoostedTrees
from bot.extract import block_model

ByFold = Sequence[tuple[BoostedTrees, BoostedTrees]]
"""For each fold the two stages of the block model, fitted on the other folds by `benchmarks.fit_blocks`."""


def trees_without_domain(sample: Sample, trees: ByFold) -> AbstractContextManager[object]:
    """Replace the package's block model by that of the page's fold; without `trees`, replace nothing."""
    if not trees:
        return nullcontext()
    return patch.object(block_model, "load_trees", lambda: trees[sample.fold(len(trees))])
