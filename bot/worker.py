"""Processes that read hostile pages: limits on time, memory and files; a crash costs one task.

Pebble replaces a worker that died or overran its time; each starts from a fork server that has the
heavy imports ready and nothing of the daemon's (no database, no sockets, no secrets).
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
from concurrent.futures import CancelledError, TimeoutError  # noqa: A004 (Pebble raises this one)
from dataclasses import dataclass
from datetime import timedelta

from pebble import ProcessExpired, ProcessPool

from bot.digest import digest
from bot.errors import WorkerError, WorkerStopped
from bot.models import Digest, Length, NotArticle, Page


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
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["bot.digest", "bot.worker"])
        self._pool = ProcessPool(
            max_workers=limits.processes,
            max_tasks=limits.recycle,
            initializer=_confine,
            initargs=[limits.memory_mb],
            context=context,
        )

    def digest(
        self, page: Page, length: Length, method: str, *, explain: bool = False
    ) -> Digest | NotArticle:
        """As `bot.digest.digest`; raises `WorkerError` when the task died or overran its limits."""
        task = self._pool.schedule(
            digest,
            args=[page, length, method],
            kwargs={"explain": explain},
            timeout=self._limits.timeout.total_seconds(),
        )
        try:
            answer: Digest | NotArticle = task.result()
        except TimeoutError as error:
            raise WorkerError(
                f"reading the page took longer than {self._limits.timeout.total_seconds():g} s"
            ) from error
        except ProcessExpired as error:
            raise WorkerError("the process that read the page crashed") from error
        except MemoryError as error:
            raise WorkerError(f"reading the page took more than {self._limits.memory_mb} MB") from error
        except CancelledError as error:
            raise WorkerStopped("Precis is stopping") from error
        return answer

    def close(self) -> None:
        """Stop at once: what is under way raises `WorkerError` in its thread."""
        self._pool.stop()
        self._pool.join()


def _confine(memory_mb: int) -> None:
    """In the new process: its limits, and no part in the terminal's Ctrl-C (the daemon decides)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for limit, most in (
        (resource.RLIMIT_AS, memory_mb * 1024 * 1024),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 128),
    ):
        resource.setrlimit(limit, (most, most))
