"""Tests of the page that the fork server reads: it loads everything that a first page needs."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.models import Digest
from bot.extract import article_gate, block_model, cleanup
from bot.workers.digest import digest
from bot.workers.pool import WorkerLimits, WorkerPool
from bot.workers.preload import LENGTH_LIMITS, PAGE


def test_the_page_is_an_article_with_a_summary() -> None:
    found = digest(PAGE, LENGTH_LIMITS, "precis")
    assert isinstance(found, Digest)
    assert found.summary.sentences


def test_data_files_are_preloaded() -> None:
    for cached in (block_model.load_trees, article_gate._article_trees, cleanup.cleanup_rules):
        assert cached.cache_info().currsize == 1


def loaded_modules(*args: object, **options: object) -> set[str]:
    return {"bot.extract.extraction_steps", "numpy", "trafilatura", "py3langid"} & sys.modules.keys()


def test_a_worker_has_loaded_everything_before_its_first_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.workers.pool._digest", loaded_modules)
    worker = WorkerPool(
        WorkerLimits(processes=1, timeout=timedelta(seconds=30), readable=(Path(__file__).parents[1],))
    )
    try:
        assert worker.digest(PAGE, LENGTH_LIMITS, "precis") == loaded_modules()
    finally:
        worker.close()
