"""Processes that read hostile pages: limits on time, memory and files; a crash costs one task.

Pebble replaces a worker that died or overran its time; each starts from a fork server that has read a
page already (`bot.warm`) and has nothing of the daemon's (no database, no sockets, no secrets).
"""

from __future__ import annotations

import multiprocessing
import resource
import signal
from concurrent.futures import CancelledError, TimeoutError  # noqa: A004 (Pebble raises this one)
from dataclasses import dataclass
from datetime import timedelta

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from bot.errors import WorkerError, WorkerStopped
from bot.models import Digest, Length, NotArticle, Page

MOST_WRITTEN = 256_000_000
"""Bytes that a worker may write to one file: py3langid unpacks its model to a temporary one."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one task may take."""

    processes: int = 2
    timeout: timedelta = timedelta(seconds=20)
    memory_mb: int = 1024
    recycle: int = 50
    """Tasks after which a worker is replaced, so that leaks stay small."""


class Worker:
    """`digest` in a pool of processes; safe to share between threads."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._tasks: set[ProcessFuture[Digest | NotArticle]] = set()
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["bot.warm", "bot.worker"])
        self._pool = ProcessPool(
            max_workers=limits.processes,
            max_tasks=limits.recycle,
            initializer=_confine,
            initargs=[limits.memory_mb],
            context=context,
        )

    def start(self) -> None:
        """Start the processes now, so that the first page need not wait for them."""
        assert self._pool.active  # asking is what starts a Pebble pool

    def digest(
        self, page: Page, length: Length, method: str, *, explain: bool = False
    ) -> Digest | NotArticle:
        """As `bot.digest.digest`; raises `WorkerError` when the task died or overran its limits."""
        task = self._schedule(page, length, method, explain=explain)
        try:
            answer: Digest | NotArticle = task.result()
        except TimeoutError as error:
            seconds = self._limits.timeout.total_seconds()
            raise WorkerError(f"reading the page took longer than {seconds:g} s") from error
        except ProcessExpired as error:
            raise WorkerError("the process that read the page crashed") from error
        except MemoryError as error:
            raise WorkerError(f"reading the page took more than {self._limits.memory_mb} MB") from error
        except CancelledError as error:
            raise WorkerStopped("Precis is stopping") from error
        finally:
            self._tasks.discard(task)
        return answer

    def _schedule(
        self, page: Page, length: Length, method: str, *, explain: bool
    ) -> ProcessFuture[Digest | NotArticle]:
        try:
            task = self._pool.schedule(
                _digest,
                args=[page, length, method],
                kwargs={"explain": explain},
                timeout=self._limits.timeout.total_seconds(),
            )
        except RuntimeError as error:  # Pebble's word for a pool that was stopped
            raise WorkerStopped("Precis is stopping") from error
        self._tasks.add(task)
        return task

    @property
    def tasks(self) -> int:
        """How many tasks are under way."""
        return len(self._tasks)

    def close(self) -> None:
        """Stop at once: what is under way raises `WorkerStopped` in its thread. Again does nothing."""
        self._pool.stop()
        for task in tuple(self._tasks):  # a stopped pool leaves its futures open
            task.cancel()
        self._pool.join()


def _digest(page: Page, length: Length, method: str, *, explain: bool) -> Digest | NotArticle:
    """In the worker: the daemon itself never loads what reads pages."""
    from bot.digest import digest

    return digest(page, length, method, explain=explain)


def _confine(memory_mb: int) -> None:
    """In the new process: its limits, and no part in the terminal's Ctrl-C (the daemon decides)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for limit, most in (
        (resource.RLIMIT_AS, memory_mb * 1024 * 1024),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, MOST_WRITTEN),
        (resource.RLIMIT_NOFILE, 128),
    ):
        resource.setrlimit(limit, (most, most))
