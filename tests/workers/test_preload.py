"""Tests of the page that the fork server reads: it loads everything that a first page needs."""

from __future__ import annotations

import sys
from datetime import timedelta

from bot.core.models import Digest, NotArticle
from bot.core.skip_reasons import SkipReason
from bot.extract import article_gate, block_model, cleanup
from bot.workers.digest import digest
from bot.workers.pool import WorkerLimits, WorkerPool
from bot.workers.preload import LENGTH_LIMITS, PAGE


def test_the_page_is_an_article_with_a_summary() -> None:
    found = digest(PAGE, LENGTH_LIMITS, "precis")
    assert isinstance(found, Digest)
    assert found.summary.sentences


def test_data_files_are_preloaded() -> None:
    for cached in (block_model.load_trees, article_gate._trees, cleanup.cleanup_rules):
        assert cached.cache_info().currsize == 1


NEEDED = {"bot.extract.extraction_steps", "numpy", "py3langid", "newspaper", "pypdfium2"}


def loaded_modules(*args: object, **options: object) -> NotArticle:
    return NotArticle(SkipReason.NOT_TEXT, " ".join(sorted(NEEDED & sys.modules.keys())))


def test_a_worker_has_loaded_everything_before_its_first_page() -> None:
    worker = WorkerPool(WorkerLimits(processes=1, timeout=timedelta(seconds=30)), loaded_modules)
    try:
        found = worker.digest(PAGE, LENGTH_LIMITS, "precis")
        assert found == NotArticle(SkipReason.NOT_TEXT, " ".join(sorted(NEEDED)))
    finally:
        worker.close()
