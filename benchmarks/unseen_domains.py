"""Reads a page with trees that never saw its domain."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from unittest.mock import patch

from benchmarks.page_corpus import Sample
from bot.core.boosted_trees import BoostedTrees
from bot.extract import block_model

ByFold = Sequence[BoostedTrees]
"""For each fold the block model's trees, fitted on the other folds by `benchmarks.block_cases`."""


def trees_without_domain(sample: Sample, trees: ByFold) -> AbstractContextManager[object]:
    """Replace the package's block model by that of the page's fold; without `trees`, replace nothing."""
    if not trees:
        return nullcontext()
    return patch.object(block_model, "load_trees", lambda: trees[sample.fold(len(trees))])
