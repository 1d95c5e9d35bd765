"""Documents are read by a confined worker within its limits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.core.models import Digest, LengthLimits, NotArticle, Page
from bot.core.skip_reasons import SkipReason
from bot.workers.pool import WorkerLimits, WorkerPool
from bot.workers.task_messages import MIN_RESULT_LIMIT, Task, result_limit
from tests.extract.documents.pdf_builder import PdfBuilder, wrap
from tests.extract.documents.texts import FIRST, PARAGRAPHS, report

LENGTH = LengthLimits(sentences=2, words=80)


@pytest.fixture(scope="module")
def worker() -> Iterator[WorkerPool]:
    # The file of 500 pages takes two seconds; the other tests that run at the same time may take the rest.
    pool = WorkerPool(WorkerLimits(1, timedelta(seconds=60)))
    yield pool
    pool.close()


def page(content: bytes, kind: str = "application/pdf") -> Page:
    return Page("https://docs.example/report.pdf", content, kind)


def test_a_pdf_file_is_summarized(worker: WorkerPool) -> None:
    builder, _ = report()
    found = worker.digest(page(builder.build()), LENGTH, "precis")
    assert isinstance(found, Digest)
    assert found.article.text == "\n\n".join(PARAGRAPHS)
    assert found.summary.sentences
    assert all(sentence in found.article.text for sentence in found.summary.sentences)


def test_a_file_of_500_pages_is_read_within_the_limits(worker: WorkerPool) -> None:
    builder = PdfBuilder()
    for number in range(500):
        builder.page().lines(60, 740, wrap(f"Page {number} tells this: {FIRST}", 78))
    found = worker.digest(page(builder.build()), LENGTH, "precis")
    assert isinstance(found, Digest)
    assert "Page 59 tells" in found.article.text


def test_refusals_have_their_reasons(worker: WorkerPool) -> None:
    builder, _ = report()
    locked = worker.digest(page(builder.build(password="secret")), LENGTH, "precis")
    broken = worker.digest(page(b"%PDF-1.7\nnothing"), LENGTH, "precis")
    assert isinstance(locked, NotArticle)
    assert isinstance(broken, NotArticle)
    assert (locked.reason, broken.reason) == (SkipReason.ENCRYPTED, SkipReason.BROKEN)


def test_plain_text_is_summarized(worker: WorkerPool) -> None:
    found = worker.digest(page("\n\n".join(PARAGRAPHS).encode(), "text/plain"), LENGTH, "precis")
    assert isinstance(found, Digest)


def test_the_result_of_a_large_file_may_not_be_larger_than_that_of_a_page() -> None:
    task = Task(page(b"%PDF-1.7" + bytes(9_000_000)), LENGTH, "precis", explain=False)
    assert result_limit(task) == MIN_RESULT_LIMIT
