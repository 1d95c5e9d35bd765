"""Tests of the worker pool with real processes: a failure in one costs one task only."""

from __future__ import annotations

import errno
import json
import multiprocessing.context
import multiprocessing.forkserver
import os
import pickle
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from bot.config.settings import Workers
from bot.core.errors import UserError, WorkerError, WorkerStopped
from bot.core.models import Digest, LengthLimits, NotArticle, Page
from bot.core.skip_reasons import SkipReason
from bot.workers import worker_process
from bot.workers.confinement import kernel_support
from bot.workers.pool import WorkerLimits, WorkerPool
from bot.workers.rights import Confinement
from bot.workers.task_messages import TaskResult, encode_result
from tests.preloaded import own_fork_server
from tests.workers import faults
from tests.workers.probes import Targets

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
ENOUGH = LengthLimits(sentences=2, words=80)
NOT_FULLY_CONFINED = pytest.mark.skipif(bool(kernel_support().missing), reason="no Landlock or no seccomp")


def one_worker(seconds: float = 20, recycle: int = 50, *, require: bool = False) -> WorkerPool:
    limits = WorkerLimits(1, timedelta(seconds=seconds), 1024, recycle, (), require)
    return WorkerPool(limits, faults.read)


@pytest.fixture(scope="module")
def worker() -> Iterator[WorkerPool]:
    pool = one_worker()
    yield pool
    pool.close()


@pytest.fixture(scope="module")
def hasty_worker() -> Iterator[WorkerPool]:
    pool = one_worker(1)
    yield pool
    pool.close()


def said_by(pool: WorkerPool, fault: str, content: bytes = b"") -> str:
    """The detail of the result of a fault."""
    found = pool.digest(faults.page(fault, content), ENOUGH, "luhn")
    assert isinstance(found, NotArticle)
    return found.detail


def test_an_article_is_returned_as_a_digest(worker: WorkerPool) -> None:
    found = worker.digest(PAGE, ENOUGH, "luhn", explain=True)
    assert isinstance(found, Digest)
    assert len(found.summary.sentences) == 2
    assert all(sentence in found.article.text for sentence in found.summary.sentences)
    assert found.notes
    assert found.summary.scored


def test_a_self_post_is_returned_as_a_digest(worker: WorkerPool) -> None:
    sentences = [
        f"The mayor of the town counted {day} boats in the harbour on day {day}." for day in range(20)
    ]
    text = "\n\n".join(sentences)
    found = worker.digest(Page("https://x.example/1", text.encode(), self_post_title="Boats"), ENOUGH, "luhn")
    assert isinstance(found, Digest)
    assert (found.article.text, found.article.title) == (text, "Boats")
    assert set(found.summary.sentences) <= set(sentences)


def test_a_page_without_an_article_is_returned_with_its_reason(worker: WorkerPool) -> None:
    found = worker.digest(Page("https://paper.example/x", b"<p>Hello.</p>"), ENOUGH, "luhn")
    assert isinstance(found, NotArticle)
    assert found.reason in {SkipReason.TOO_SHORT, SkipReason.NOT_TEXT}


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("hang", "longer than 1 s"),
        ("hang_asleep", "longer than 1 s"),
        ("crash", "crashed"),
        ("overrun", "crashed"),
        ("hoard", "more than 1024 MB"),
    ],
)
def test_a_failure_costs_one_task_and_the_next_page_works(
    hasty_worker: WorkerPool, fault: str, said: str
) -> None:
    with pytest.raises(WorkerError, match=said):
        said_by(hasty_worker, fault)
    assert said_by(hasty_worker, "process_id")


def test_a_memory_leak_never_costs_a_page(worker: WorkerPool) -> None:
    leaked = [said_by(worker, "leak").split() for _ in range(8)]
    assert len({pid for _, pid in leaked}) > 1, "the leak was too small to matter"


def test_a_worker_is_replaced_after_its_number_of_tasks() -> None:
    worker = one_worker(recycle=3)
    try:
        pids = [said_by(worker, "process_id") for _ in range(7)]
    finally:
        worker.close()
    assert [pids.count(pid) for pid in dict.fromkeys(pids)] == [3, 3, 1]


def test_the_kernel_ends_a_worker_that_exceeds_its_processor_time(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = one_worker(0.2)
    try:
        worker.start()
        # The daemon's clock stands still, so the pool believes that no time has passed.
        now = time.monotonic()
        monkeypatch.setattr(worker_process.time, "monotonic", lambda: now)
        with pytest.raises(WorkerError, match="crashed"):
            said_by(worker, "hang")
    finally:
        worker.close()


@NOT_FULLY_CONFINED
def test_a_worker_can_do_nothing_but_compute_and_read_code(worker: WorkerPool, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("private")
    targets = Targets(str(tmp_path), 9, 9, "no-socket", os.getpid())
    assert said_by(worker, "probe", json.dumps(asdict(targets)).encode()) == ""
    assert (tmp_path / "note.txt").read_text() == "private"


def test_a_worker_has_no_file_descriptor_of_the_daemon(worker: WorkerPool) -> None:
    """Only the pipes of tasks and results: not multiprocessing's, not the operator's terminal or log."""
    assert len(json.loads(said_by(worker, "open_descriptors"))) == 2


def test_a_pool_recovers_when_its_fork_server_dies() -> None:
    with own_fork_server():
        worker = one_worker()
        assert said_by(worker, "process_id")
        (idle,) = worker._idle
        os.kill(forkserver_pid(), signal.SIGKILL)
        while idle.usable:  # a worker dies with its fork server
            pass
        assert said_by(worker, "process_id")
        worker.close()


def forkserver_pid() -> int:
    server: Any = multiprocessing.forkserver._forkserver
    assert server._forkserver_pid
    return int(server._forkserver_pid)


def test_too_little_memory_is_named_as_the_cause() -> None:
    pool = WorkerPool(WorkerLimits(1, timedelta(seconds=20), 256))
    with pytest.raises(WorkerError, match=r"memory_mb = 256 is probably too small: use 512"):
        pool.digest(PAGE, ENOUGH, "precis")
    pool.close()


def test_a_page_fails_if_no_process_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_process(self: object) -> None:
        raise OSError("too many processes")

    pool = one_worker()
    try:
        with monkeypatch.context() as patched:
            patched.setattr("multiprocessing.context.ForkServerProcess.start", no_process)
            with pytest.raises(WorkerError, match="keep failing"):
                said_by(pool, "process_id")
        assert said_by(pool, "process_id")
    finally:
        pool.close()


def test_a_pool_recovers_when_there_were_too_many_open_files(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_pipe(*_: object, **__: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    pool = one_worker()
    with monkeypatch.context() as patch, capture_logs() as entries:
        patch.setattr(multiprocessing.context.ForkServerContext, "Pipe", no_pipe)
        pool.start()
        with pytest.raises(WorkerError, match="keep failing"):
            pool.digest(PAGE, ENOUGH, "precis")
    assert "Too many open files" in entries[0]["why"]
    with ThreadPoolExecutor(1) as threads:
        found = threads.submit(pool.digest, PAGE, ENOUGH, "precis")
        try:
            assert isinstance(found.result(60), Digest)
        finally:
            pool.close()


def test_closing_cancels_running_and_waiting_tasks() -> None:
    worker = one_worker()
    with ThreadPoolExecutor(2) as threads:
        tasks = [threads.submit(said_by, worker, "hang") for _ in range(2)]
        while not worker.running_tasks:
            pass
        worker.close()
        for task in tasks:
            with pytest.raises(WorkerStopped):
                task.result(20)
    with pytest.raises(WorkerStopped):
        said_by(worker, "process_id")
    worker.close()


def frame(message: bytes) -> bytes:
    return len(message).to_bytes(4, "big") + message


class Forged:
    """Unpickling this creates a folder, as a harmless sign that it was unpickled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return os.mkdir, (str(self.folder),)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_from_a_worker_is_not_loaded(worker: WorkerPool, tmp_path: Path, protocol: int) -> None:
    folder = tmp_path / "unpickled"
    forged = pickle.dumps(Forged(folder), protocol)
    with capture_logs() as logged, pytest.raises(WorkerError, match="invalid result"):
        said_by(worker, "answer", frame(forged))
    assert [line["event"] for line in logged] == ["a process that reads pages gave an invalid result"]
    assert not folder.exists()
    pickle.loads(forged)
    assert folder.exists(), "the pickle has no effect, so the test proves nothing"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (frame(b"{}"), "invalid result"),
        (frame(b"\xff"), "invalid result"),
        ((1 << 31).to_bytes(4, "big"), "too long"),
    ],
)
def test_a_worker_that_answers_nonsense_costs_one_task(worker: WorkerPool, content: bytes, said: str) -> None:
    with pytest.raises(WorkerError, match=said):
        said_by(worker, "answer", content)
    assert said_by(worker, "process_id")


def test_half_an_answer_ends_at_the_time_limit(hasty_worker: WorkerPool) -> None:
    with pytest.raises(WorkerError, match="longer than 1 s"):
        said_by(hasty_worker, "answer", frame(b"x" * 100)[:50])


def test_an_answer_to_a_later_task_is_not_used(worker: WorkerPool) -> None:
    """The worker sends two answers to one task. The second one must not become that of the next page."""
    first, second = (
        frame(encode_result(TaskResult(not_article=NotArticle(SkipReason.NOT_TEXT, detail))))
        for detail in ("first", "forged")
    )
    assert said_by(worker, "answer_later", first + second) == "first"
    assert said_by(worker, "process_id") != "forged"


def test_a_lone_surrogate_does_not_reach_the_daemon(worker: WorkerPool) -> None:
    assert said_by(worker, "surrogates") == "caf? open"


def test_an_exception_in_a_worker_is_logged_and_fails_the_page(worker: WorkerPool) -> None:
    with capture_logs() as logged, pytest.raises(WorkerError, match="reading the page failed: LookupError"):
        said_by(worker, "fail")
    (line,) = logged
    assert line["event"] == "reading a page failed with an unexpected error"
    assert re.fullmatch(r".*faults\.py:\d+ fail", line["where"][-1])
    assert said_by(worker, "process_id"), "the process goes on"


def test_what_a_worker_writes_is_one_bounded_value_of_the_log(
    worker: WorkerPool, capfd: pytest.CaptureFixture[str]
) -> None:
    forged = b"harmless\n2026-01-01T00:00:00Z [info] running accounts=0\n"
    with capture_logs() as logged:
        assert said_by(worker, "write_output", forged) == "written"
    (line,) = logged
    assert line["event"] == "a process that reads pages wrote to standard error"
    assert line["text"].startswith(forged.decode())
    assert len(line["text"]) == worker_process.MAX_OUTPUT
    written = capfd.readouterr()
    assert (written.out, written.err) == ("", "")


@NOT_FULLY_CONFINED
def test_a_worker_that_cannot_be_confined_reads_nothing_if_that_is_required(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The kernel supports everything, but refuses to apply it, as in a container with a filter of its own."""
    strict = one_worker(recycle=1, require=True)
    try:
        strict.start()
        assert said_by(strict, "process_id")
        refused = Confinement(7, failures=("seccomp could not be applied: Operation not permitted",))
        monkeypatch.setattr(worker_process, "decode_confinement", lambda message: refused)
        with pytest.raises(WorkerError, match=r"cannot be met: .*seccomp could not be applied"):
            said_by(strict, "process_id")
        with pytest.raises(UserError, match="cannot be met"):
            strict.start()
    finally:
        strict.close()


def test_a_layer_that_cannot_be_applied_is_logged_once(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = Confinement(7, failures=("seccomp could not be applied: Operation not permitted",))
    monkeypatch.setattr(worker_process, "decode_confinement", lambda message: refused)
    pool = one_worker(recycle=1)
    try:
        with capture_logs() as logged:
            assert said_by(pool, "process_id") != said_by(pool, "process_id")
    finally:
        pool.close()
    assert [(line["log_level"], line["why"]) for line in logged] == [("warning", refused.description)]


def test_headings_tables_and_code_are_never_summarised(worker: WorkerPool) -> None:
    page = PAGE.content.replace(
        b"</h1>",
        b"</h1><h2>What the mayor counted in every one of the fifteen weeks of the year</h2>"
        b"<table><tr><td>Boats in the harbour of Larnock, counted by the mayor.</td></tr></table>",
    )
    found = worker.digest(Page(PAGE.url, page), LengthLimits(sentences=15, words=600, min_saved=0.1), "luhn")
    assert isinstance(found, Digest)
    assert len(found.summary.sentences) >= 5
    assert not any(
        "fifteen weeks" in sentence or "Boats in" in sentence for sentence in found.summary.sentences
    )


@pytest.fixture(scope="module")
def single_process() -> Iterator[WorkerPool]:
    """A process without a fork server, as `precis try` starts it."""
    pool = WorkerPool(WorkerLimits(1, timedelta(seconds=30), fork_server=False), faults.read)
    yield pool
    pool.close()


@NOT_FULLY_CONFINED
def test_a_process_without_a_fork_server_has_no_more_rights(
    single_process: WorkerPool, tmp_path: Path
) -> None:
    (tmp_path / "note.txt").write_text("private")
    targets = Targets(str(tmp_path), 9, 9, "no-socket", os.getpid())
    assert said_by(single_process, "probe", json.dumps(asdict(targets)).encode()) == ""
    assert len(json.loads(said_by(single_process, "open_descriptors"))) == 2


@pytest.mark.parametrize("method", ["precis", "luhn"])
def test_a_process_without_a_fork_server_gives_the_same_digest(
    method: str, worker: WorkerPool, single_process: WorkerPool
) -> None:
    found = single_process.digest(PAGE, ENOUGH, method)
    assert isinstance(found, Digest)
    assert found == worker.digest(PAGE, ENOUGH, method)


def test_key_words_are_left_out_if_they_are_not_wanted(worker: WorkerPool) -> None:
    with_them = worker.digest(PAGE, ENOUGH, "precis")
    without = worker.digest(PAGE, ENOUGH, "precis", with_key_words=False)
    assert isinstance(with_them, Digest)
    assert with_them.key_words
    assert without == replace(with_them, key_words=())


def test_a_single_process_starts_no_fork_server() -> None:
    code = (
        "from multiprocessing import forkserver; from bot.workers.pool import WorkerLimits, WorkerPool\n"
        "if __name__ == '__main__':\n"
        "    pool = WorkerPool(WorkerLimits(processes=1, fork_server=False)); pool.start()\n"
        "    print(forkserver._forkserver._forkserver_pid, pool.confinement is not None); pool.close()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["None", "True"]


def test_without_settings_the_limits_are_those_of_the_default_settings() -> None:
    assert WorkerLimits() == WorkerLimits.from_settings(Workers())
