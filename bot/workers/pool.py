"""The pool of processes that read hostile pages, with limits on time, memory and files.

Pebble replaces a worker that died or exceeded its time. Each worker starts from a fork server that has read
a page already (`bot.workers.preload`) and has nothing from the daemon (no database, no sockets, no secrets).
It drops every right that reading pages does not need (`bot.workers.confinement`).

A crash costs one task. Pages that were only queued when the pool broke, or that met a worker with too little
free memory, are read again by new processes.
"""

from __future__ import annotations

import mmap
import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, TimeoutError  # noqa: A004 (Pebble raises this one)
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import structlog
from pebble import ProcessExpired, ProcessFuture, ProcessPool

from bot.core.errors import WorkerError, WorkerStopped
from bot.core.models import Digest, LengthLimits, NotArticle, Page
from bot.workers.confinement import confine, limit_cpu_time

log = structlog.get_logger(__name__)

EXIT_OUT_OF_MEMORY = 101
EXIT_LOW_MEMORY = 102
"""Exit codes of a worker: out of memory during a page, and too little free memory before one."""
MIN_FREE_SHARE = 0.25
"""Share of its memory limit that must be free in a worker before it reads a page."""
MAX_ROUNDS = 3
"""Maximum number of attempts for a page that did not cause the failure."""
STALL_FACTOR = 5
"""A pool that finishes no page within this many time limits of a page is considered broken."""


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """The limits of one task, and the size of the pool."""

    processes: int = 2
    timeout: timedelta = timedelta(seconds=20)
    memory_mb: int = 1024
    tasks_per_process: int = 50
    """Number of tasks after which a worker is replaced, so that memory leaks stay small."""
    readable: tuple[Path, ...] = ()
    """Folders that a worker may read in addition to the code."""


_NO_LEAK_WARNINGS = "ignore:resource_tracker:UserWarning"

DigestFunction = Callable[..., Digest | NotArticle]


class _RetryPageError(Exception):
    """The page was not read, and its content is not the cause."""


def _silence_resource_tracker() -> None:
    """Keep the warnings of multiprocessing's resource tracker out of the log.

    The tracker is a process that outlives a killed daemon. It removes the semaphores that are left, and
    reports them on standard error as plain text. It gets our warning options when it starts.
    """
    if _NO_LEAK_WARNINGS not in sys.warnoptions:
        sys.warnoptions.append(_NO_LEAK_WARNINGS)


class WorkerPool:
    """Runs `digest` in a pool of processes. Thread-safe."""

    def __init__(self, limits: WorkerLimits) -> None:
        self._limits = limits
        self._tasks: set[ProcessFuture[Digest | NotArticle]] = set()
        self._lock = threading.Lock()
        self._closed = False
        self._last_progress = time.monotonic()
        """When a page was last accepted or finished."""
        self._pool = self._new_pool()

    def _new_pool(self) -> ProcessPool:
        _silence_resource_tracker()
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["bot.workers.preload", "bot.workers.pool"])
        return ProcessPool(
            max_workers=self._limits.processes,
            max_tasks=self._limits.tasks_per_process,
            initializer=confine,
            initargs=[self._limits.memory_mb, self._limits.readable],
            context=context,
        )

    def start(self) -> None:
        """Start the processes now, so that the first page does not wait for them."""
        assert self._pool.active  # reading this property starts a Pebble pool

    def digest(
        self, page: Page, length: LengthLimits, method: str, *, explain: bool = False
    ) -> Digest | NotArticle:
        """Same as `bot.workers.digest.digest`. Raises WorkerError if the task crashed or hit its limits."""
        for _ in range(MAX_ROUNDS):
            try:
                return self._run(page, length, method, explain=explain)
            except _RetryPageError:
                continue
        raise WorkerError("the processes that read pages keep failing")

    def _run(self, page: Page, length: LengthLimits, method: str, *, explain: bool) -> Digest | NotArticle:
        pool = self._pool
        task = self._schedule(pool, page, length, method, explain=explain)
        seconds = self._limits.timeout.total_seconds()
        try:
            return self._wait_for_result(task)
        except TimeoutError as error:
            if not task.done():
                raise self._replace_pool(pool, "no answer from the processes") from error
            raise WorkerError(f"reading the page took longer than {seconds:g} s") from error
        except BrokenProcessPool as error:
            raise self._replace_pool(pool, str(error)) from error
        except ProcessExpired as error:
            raise self._exit_error(error) from error
        except MemoryError as error:
            raise WorkerError(self._out_of_memory_message) from error
        except CancelledError as error:
            raise self._cancel_error() from error
        finally:
            self._tasks.discard(task)
            self._last_progress = time.monotonic()

    def _wait_for_result(self, task: ProcessFuture[Digest | NotArticle]) -> Digest | NotArticle:
        stall_seconds = STALL_FACTOR * self._limits.timeout.total_seconds()
        while True:
            try:
                result: Digest | NotArticle = task.result(stall_seconds)
            except TimeoutError:
                if task.done() or time.monotonic() - self._last_progress > stall_seconds:
                    raise
            else:
                return result

    def _schedule(
        self, pool: ProcessPool, page: Page, length: LengthLimits, method: str, *, explain: bool
    ) -> ProcessFuture[Digest | NotArticle]:
        try:
            task = pool.schedule(
                _run_in_worker,
                args=[_digest, self._limits, page, length, method],
                kwargs={"explain": explain},
                timeout=self._limits.timeout.total_seconds(),
            )
        except RuntimeError as error:  # Pebble raises this if the pool was stopped or is broken
            raise self._replace_pool(pool, str(error)) from error
        self._tasks.add(task)
        self._last_progress = time.monotonic()
        return task

    @property
    def _out_of_memory_message(self) -> str:
        return f"reading the page took more than {self._limits.memory_mb} MB"

    def _exit_error(self, error: ProcessExpired) -> Exception:
        if error.exitcode == EXIT_LOW_MEMORY:
            return _RetryPageError()
        if error.exitcode == EXIT_OUT_OF_MEMORY:
            return WorkerError(self._out_of_memory_message)
        return WorkerError("the process that read the page crashed")

    def _cancel_error(self) -> Exception:
        return WorkerStopped("Precis is stopping") if self._closed else _RetryPageError()

    def _replace_pool(self, pool: ProcessPool, why: str) -> Exception:
        """Replace a broken pool, once. Returns the exception to raise for the page that noticed it."""
        with self._lock:
            if self._closed:
                return WorkerStopped("Precis is stopping")
            if self._pool is pool:
                log.error("the processes that read pages failed; new ones are started", why=why)
                self._pool = self._new_pool()
                threading.Thread(target=_shut_down, args=[pool], daemon=True).start()
        return _RetryPageError()

    @property
    def running_tasks(self) -> int:
        """The number of running tasks."""
        return len(self._tasks)

    def close(self) -> None:
        """Stop at once: running tasks raise `WorkerStopped` in their threads. Can be called again."""
        with self._lock:
            self._closed = True
        self._pool.stop()
        for task in tuple(self._tasks):  # a stopped pool does not resolve its futures
            task.cancel()
        self._pool.join()


def _shut_down(pool: ProcessPool) -> None:
    """Shut down a broken pool. This may hang, so nothing waits for it."""
    pool.stop()
    pool.join()


def _run_in_worker(
    run: DigestFunction, limits: WorkerLimits, *args: object, **options: object
) -> Digest | NotArticle:
    """Runs one task, in the worker, within its limits on processor time and memory."""
    if not _has_room(int(MIN_FREE_SHARE * limits.memory_mb) * 1024 * 1024):
        os._exit(EXIT_LOW_MEMORY)
    limit_cpu_time(limits.timeout)
    try:
        return run(*args, **options)
    except MemoryError:
        os._exit(EXIT_OUT_OF_MEMORY)  # the memory is still full, so this process cannot go on
    finally:
        limit_cpu_time(None)  # the pool sends the result; a worker that dies while sending breaks the pool


def _has_room(size: int) -> bool:
    """Whether this process can still allocate `size` bytes; the check itself uses no memory."""
    try:
        mmap.mmap(-1, size).close()
    except (OSError, MemoryError):
        return False
    return True


def _digest(page: Page, length: LengthLimits, method: str, *, explain: bool) -> Digest | NotArticle:
    """Runs in the worker; the import is here because the daemon never loads the code that reads pages."""
    from bot.workers.digest import digest

    return digest(page, length, method, explain=explain)
