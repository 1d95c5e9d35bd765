"""The worker pool with real processes: what goes wrong in one costs one task and no other."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from bot.errors import WorkerError, WorkerStopped
from bot.models import Digest, Length, NotArticle, Page, SkipReason
from bot.worker import Limits, Worker

STORY = "".join(
    f"<p>In week {n} the town of Larnock counted {n * 3} boats in its harbour, and the mayor told the "
    f"council that pier number {n} needs repairs before the autumn storms arrive from the north.</p>"
    for n in range(1, 16)
)
HEAD = "<html lang=en><head><title>Boats</title></head>"
PAGE = Page(
    "https://paper.example/boats",
    f"{HEAD}<body><article><h1>Boats</h1>{STORY}</article></body></html>".encode(),
)
ENOUGH = Length(sentences=2, words=80)


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    made = Worker(Limits(processes=1, timeout=timedelta(seconds=5), memory_mb=1024))
    yield made
    made.close()


def test_an_article_comes_back_as_a_digest(worker: Worker) -> None:
    found = worker.digest(PAGE, ENOUGH, "luhn")
    assert isinstance(found, Digest)
    assert len(found.summary.sentences) == 2
    assert all(sentence in found.article.text for sentence in found.summary.sentences)


def test_a_page_without_an_article_comes_back_as_its_reason(worker: Worker) -> None:
    found = worker.digest(Page("https://paper.example/x", b"<p>Hello.</p>"), ENOUGH, "luhn")
    assert isinstance(found, NotArticle)
    assert found.reason in {SkipReason.TOO_SHORT, SkipReason.NOT_TEXT}


def hang(*args: object, **options: object) -> None:
    while True:
        pass


def crash(*args: object, **options: object) -> None:
    os.abort()


def hoard(*args: object, **options: object) -> None:
    bytearray(4_000_000_000)


@pytest.mark.parametrize(
    ("accident", "said"),
    [(hang, "longer than 3 s"), (crash, "crashed"), (hoard, "more than 1024 MB")],
)
def test_an_accident_costs_one_task_and_the_next_page_works(
    monkeypatch: pytest.MonkeyPatch, accident: Callable[..., None], said: str
) -> None:
    worker = Worker(Limits(processes=1, timeout=timedelta(seconds=3), memory_mb=1024))
    try:
        with monkeypatch.context() as patched:
            patched.setattr("bot.worker._digest", accident)
            with pytest.raises(WorkerError, match=said):
                worker.digest(PAGE, ENOUGH, "luhn")
        assert isinstance(worker.digest(PAGE, ENOUGH, "luhn"), Digest)
    finally:
        worker.close()


def test_closing_gives_back_what_is_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = Worker(Limits(processes=1))
    monkeypatch.setattr("bot.worker._digest", hang)
    with ThreadPoolExecutor(1) as thread:
        task = thread.submit(worker.digest, PAGE, ENOUGH, "luhn")
        while not worker.tasks:
            pass
        worker.close()
        with pytest.raises(WorkerStopped):
            task.result(20)


def test_headings_tables_and_code_are_never_summarised(worker: Worker) -> None:
    page = PAGE.content.replace(
        b"</h1>",
        b"</h1><h2>What the mayor counted in every one of the fifteen weeks of the year</h2>"
        b"<table><tr><td>Boats in the harbour of Larnock, counted by the mayor.</td></tr></table>",
    )
    found = worker.digest(Page(PAGE.url, page), Length(sentences=15, words=600, min_saved=0.1), "luhn")
    assert isinstance(found, Digest)
    assert len(found.summary.sentences) >= 5
    assert not any(
        "fifteen weeks" in sentence or "Boats in" in sentence for sentence in found.summary.sentences
    )
