"""Tests of the page that the fork server reads: it loads everything that a first page needs."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.models import Digest, NotArticle
from bot.core.skip_reasons import SkipReason
from bot.extract import article_gate, block_model, cleanup, pattern_sets
from bot.extract.language_model import model_name
from bot.extract.phrases import phrases
from bot.extract.preload_patterns import compile_patterns
from bot.operations.garbage_collection import NEW_OBJECTS
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


NEEDED = {
    *("bot.extract.extraction_steps", "numpy", "py3langid", "pypdfium2"),
    *("newspaper", "readability", "trafilatura"),
}


def loaded_modules(*args: object, **options: object) -> NotArticle:
    return NotArticle(SkipReason.NOT_TEXT, " ".join(sorted(NEEDED & sys.modules.keys())))


def test_a_worker_has_loaded_everything_before_its_first_page() -> None:
    worker = WorkerPool(WorkerLimits(processes=1, timeout=timedelta(seconds=30)), loaded_modules)
    try:
        found = worker.digest(PAGE, LENGTH_LIMITS, "precis")
        assert found == NotArticle(SkipReason.NOT_TEXT, " ".join(sorted(NEEDED)))
    finally:
        worker.close()


def frozen_objects(*args: object, **options: object) -> NotArticle:
    return NotArticle(SkipReason.NOT_TEXT, str(gc.get_freeze_count()))


def test_the_garbage_collector_does_not_copy_the_memory_that_workers_share() -> None:
    worker = WorkerPool(WorkerLimits(processes=1, timeout=timedelta(seconds=30)), frozen_objects)
    try:
        found = worker.digest(PAGE, LENGTH_LIMITS, "precis")
        assert isinstance(found, NotArticle)
        assert int(found.detail) > 10_000
    finally:
        worker.close()


def threshold(*args: object, **options: object) -> NotArticle:
    return NotArticle(SkipReason.NOT_TEXT, str(gc.get_threshold()[0]))


@pytest.mark.parametrize("fork_server", [True, False])
def test_a_worker_seldom_looks_for_cycles(fork_server: bool) -> None:
    limits = WorkerLimits(processes=1, timeout=timedelta(seconds=30), fork_server=fork_server)
    worker = WorkerPool(limits, threshold)
    try:
        found = worker.digest(PAGE, LENGTH_LIMITS, "precis")
        assert found == NotArticle(SkipReason.NOT_TEXT, str(NEW_OBJECTS))
    finally:
        worker.close()


def test_the_patterns_of_all_rules_are_compiled() -> None:
    before = pattern_sets._compiled.cache_info().currsize
    compile_patterns()
    phrases("wall").compile()
    assert pattern_sets._compiled.cache_info().currsize == before > 500


def test_a_service_without_a_home_keeps_the_language_model_beside_its_database(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from bot.workers.pool import WorkerLimits, WorkerPool\n"
        "if __name__ == '__main__':\n"
        "    pool = WorkerPool(WorkerLimits(processes=1, cache=Path(sys.argv[1])))\n"
        "    pool.start(); pool.close()"
    )
    (tmp_path / "start.py").write_text(code)
    subprocess.run(
        [sys.executable, str(tmp_path / "start.py"), str(tmp_path / "cache")],
        env={"HOME": "/dev/null", "PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[2])},
        timeout=120,
        check=True,
    )
    assert [entry.name for entry in (tmp_path / "cache").iterdir()] == [model_name()]
