"""Reads a page with a block model that never saw its domain."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from unittest.mock import patch

from benchmarks.page_corpus import Sample
from bot.extract import block_model

ByFold = Sequence[block_model.BlockModel]
"""For each fold the block model, fitted on the other folds by `benchmarks.block_cases`."""


def model_without_domain(sample: Sample, models: ByFold) -> AbstractContextManager[object]:
    """Replace the package's block model by that of the page's fold; without `models`, replace nothing."""
    if not models:
        return nullcontext()
    return patch.object(block_model, "load_model", lambda: models[sample.fold(len(models))])
