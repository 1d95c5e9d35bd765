"""Tests of the worker pool with real processes: a failure in one costs one task only."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import multiprocessing.forkserver
import os
import resource
import signal
import socket
import termios
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import bot
from bot.core.errors import WorkerError, WorkerStopped
from bot.core.models import Digest, LengthLimits, NotArticle, Page
from bot.core.skip_reasons import SkipReason
from bot.workers.confinement import KernelSupport, kernel_support
from bot.workers.pool import WorkerLimits, WorkerPool

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
HERE = Path(__file__).parents[2]
"""The folder from which a worker can import the faults of these tests."""
CODE = Path(bot.__file__)


@pytest.fixture(scope="module")
def worker() -> Iterator[WorkerPool]:
    pool = WorkerPool(WorkerLimits(processes=1, timeout=timedelta(seconds=5), memory_mb=1024))
    yield pool
    pool.close()


def test_an_article_is_returned_as_a_digest(worker: WorkerPool) -> None:
    found = worker.digest(PAGE, ENOUGH, "luhn")
    assert isinstance(found, Digest)
    assert len(found.summary.sentences) == 2
    assert all(sentence in found.article.text for sentence in found.summary.sentences)


def test_a_page_without_an_article_is_returned_with_its_reason(worker: WorkerPool) -> None:
    found = worker.digest(Page("https://paper.example/x", b"<p>Hello.</p>"), ENOUGH, "luhn")
    assert isinstance(found, NotArticle)
    assert found.reason in {SkipReason.TOO_SHORT, SkipReason.NOT_TEXT}


# What a hostile page might make a worker do. Each function replaces the reading of a page, in the worker.


def hang(*args: object, **options: object) -> None:
    while True:
        pass


def hang_asleep(*args: object, **options: object) -> None:
    threading.Event().wait()


def crash(*args: object, **options: object) -> None:
    os.abort()


def overrun(*args: object, **options: object) -> None:
    """Read unmapped memory, like a C library with a bug."""
    ctypes.string_at(1)


def exit_early(*args: object, **options: object) -> None:
    os._exit(0)


def hoard(*args: object, **options: object) -> None:
    bytearray(4_000_000_000)


LEAKED: list[bytearray] = []


def leak(*args: object, **options: object) -> NotArticle:
    LEAKED.append(bytearray(200_000_000))
    return NotArticle(SkipReason.NOT_TEXT, f"{len(LEAKED)} {os.getpid()}")


def attempt(*args: object, **options: object) -> NotArticle:
    """Try everything that reading a page does not need. The detail lists what succeeded."""
    tries: dict[str, Callable[[], object]] = {
        "a socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
        "a datagram": lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM),
        "a local socket": lambda: socket.socket(socket.AF_UNIX),
        "a new file": lambda: Path("/tmp/precis-was-here").write_text("x"),
        "a file in the code": lambda: (CODE.parent / "was-here").write_text("x"),
        "the settings": lambda: Path("/etc/passwd").read_text(),
        "a listing": lambda: list(Path("/").iterdir()),
        "the daemon's environment": lambda: Path(f"/proc/{os.getppid()}/environ").read_bytes(),
        "a program": lambda: os.execv("/bin/true", ["true"]),
        "a process": os.fork,
        "a spawned process": lambda: os.posix_spawn("/bin/true", ["true"], {}),
        "a signal to the daemon": lambda: os.kill(os.getppid(), 0),
        "more memory": lambda: resource.setrlimit(resource.RLIMIT_AS, (1 << 40, 1 << 40)),
        "a mode": lambda: CODE.chmod(CODE.stat().st_mode),
        "an owner": lambda: os.chown(CODE, -1, -1),
        "a time": lambda: os.utime(CODE, ns=(0, CODE.stat().st_mtime_ns)),
        "an attribute": lambda: _forbidden(lambda: os.setxattr(CODE, "user.x", b"x")),
        "the daemon's limits": lambda: resource.prlimit(os.getppid(), resource.RLIMIT_CORE),
        "the daemon's priority": lambda: os.setpriority(
            os.PRIO_PROCESS, os.getppid(), os.getpriority(os.PRIO_PROCESS, os.getppid())
        ),
        "the daemon's processors": lambda: os.sched_setaffinity(os.getppid(), os.sched_getaffinity(0)),
        "keys on a terminal": lambda: _forbidden(lambda: fcntl.ioctl(0, termios.TIOCSTI, b"x")),
        "a core": lambda: resource.getrlimit(resource.RLIMIT_CORE) == (0, 0),
        "many files": lambda: resource.getrlimit(resource.RLIMIT_NOFILE) == (128, 128),
    }
    return NotArticle(SkipReason.NOT_TEXT, ", ".join(name for name, act in tries.items() if _succeeded(act)))


def _succeeded(act: Callable[[], object]) -> bool:
    try:
        return act() is not True
    except (OSError, ValueError):
        return False


def _forbidden(act: Callable[[], object]) -> bool:
    """True if the call is forbidden. Other errors, such as a missing terminal, prove nothing."""
    try:
        act()
    except OSError as error:
        return error.errno == errno.EPERM
    return False


def a_thread(*args: object, **options: object) -> NotArticle:
    ran: list[str] = []
    thread = threading.Thread(target=ran.append, args=["it ran"])
    thread.start()
    thread.join()
    return NotArticle(SkipReason.NOT_TEXT, "".join(ran))


def one_worker(seconds: float = 3, memory_mb: int = 1024, recycle: int = 50) -> WorkerPool:
    return WorkerPool(WorkerLimits(1, timedelta(seconds=seconds), memory_mb, recycle, (HERE,)))


def digest_with(
    fault: Callable[..., object], worker: WorkerPool, patch: pytest.MonkeyPatch
) -> Digest | NotArticle:
    with patch.context() as patched:
        patched.setattr("bot.workers.pool._digest", fault)
        return worker.digest(PAGE, ENOUGH, "luhn")


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (hang, "longer than 2 s"),
        (hang_asleep, "longer than 2 s"),
        (crash, "crashed"),
        (overrun, "crashed"),
        (hoard, "more than 1024 MB"),
    ],
)
def test_a_failure_costs_one_task_and_the_next_page_works(
    monkeypatch: pytest.MonkeyPatch, fault: Callable[..., None], said: str
) -> None:
    worker = one_worker(2)
    try:
        with pytest.raises(WorkerError, match=said):
            digest_with(fault, worker, monkeypatch)
        assert isinstance(worker.digest(PAGE, ENOUGH, "luhn"), Digest)
    finally:
        worker.close()


def test_a_memory_leak_never_costs_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = one_worker()
    try:
        answers = [digest_with(leak, worker, monkeypatch) for _ in range(8)]
        assert isinstance(worker.digest(PAGE, ENOUGH, "luhn"), Digest)
    finally:
        worker.close()
    leaked = [each.detail.split() for each in answers if isinstance(each, NotArticle)]
    assert len(leaked) == 8
    assert len({pid for _, pid in leaked}) > 1, "the leak was too small to matter"


def process_id(*args: object, **options: object) -> NotArticle:
    return NotArticle(SkipReason.NOT_TEXT, str(os.getpid()))


def test_a_worker_is_replaced_after_its_number_of_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = one_worker(20, recycle=3)
    try:
        answers = [digest_with(process_id, worker, monkeypatch) for _ in range(7)]
    finally:
        worker.close()
    pids = [each.detail for each in answers if isinstance(each, NotArticle)]
    assert [pids.count(pid) for pid in dict.fromkeys(pids)] == [3, 3, 1]


def test_the_kernel_ends_a_worker_that_exceeds_its_processor_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.workers.pool.STALL_FACTOR", 60)
    worker = one_worker(1)
    try:
        worker.start()
        # The wall clock was set back, so the pool believes that no time has passed.
        monkeypatch.setattr("pebble.pool.process.time.time", lambda: 0.5)
        with pytest.raises(WorkerError, match="crashed"):
            digest_with(hang, worker, monkeypatch)
    finally:
        worker.close()


@pytest.mark.skipif(
    kernel_support() != KernelSupport(landlock=True, seccomp=True), reason="no Landlock or no seccomp here"
)
def test_a_worker_has_no_network_and_can_only_read_code(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = one_worker(20)
    try:
        found = digest_with(attempt, worker, monkeypatch)
        assert isinstance(found, NotArticle)
        assert found.detail == ""
        ran = digest_with(a_thread, worker, monkeypatch)
        assert isinstance(ran, NotArticle)
        assert ran.detail == "it ran"
    finally:
        worker.close()


def test_a_pool_is_replaced_when_all_its_processes_die(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = one_worker(20)
    try:
        assert isinstance(worker.digest(PAGE, ENOUGH, "luhn"), Digest)
        os.kill(forkserver_pid(), signal.SIGKILL)  # kills the fork server of the running pool
        with pytest.raises(WorkerError, match="crashed"):
            digest_with(crash, worker, monkeypatch)
        assert isinstance(worker.digest(PAGE, ENOUGH, "luhn"), Digest)
        monkeypatch.setattr("pebble.pool.process.WorkerManager.new_worker", no_process)
        with pytest.raises(WorkerError):
            digest_with(crash, worker, monkeypatch)
        monkeypatch.undo()
        assert isinstance(worker.digest(PAGE, ENOUGH, "luhn"), Digest)
    finally:
        worker.close()


def forkserver_pid() -> int:
    server: Any = multiprocessing.forkserver._forkserver
    assert server._forkserver_pid
    return int(server._forkserver_pid)


def no_process(self: object) -> None:
    raise BrokenProcessPool("no process can be started")


def test_closing_cancels_running_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = WorkerPool(WorkerLimits(processes=1, readable=(HERE,)))
    monkeypatch.setattr("bot.workers.pool._digest", hang)
    with ThreadPoolExecutor(1) as thread:
        task = thread.submit(worker.digest, PAGE, ENOUGH, "luhn")
        while not worker.running_tasks:
            pass
        worker.close()
        with pytest.raises(WorkerStopped):
            task.result(20)


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
