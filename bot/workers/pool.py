"""The pool of processes that read hostile pages, with limits on time, memory and files.

A worker that died, hung or answered nonsense is replaced. Each worker starts from a fork server that has
read a page already (`bot.workers.preload`) and has nothing from the daemon (no database, no sockets, no
secrets). It drops every right that reading pages does not need (`bot.workers.confinement`).

A crash costs one task. A page that met a worker that was dead already, or that had too little free memory, is
read again by a new process.
"""

from __future__ import annotations

import threading

import structlog

from bot.core.errors import UserError, WorkerError, WorkerStopped
from bot.core.models import Digest, LengthLimits, NotArticle, Page
from bot.workers.frames import FrameTooLargeError
from bot.workers.rights import NOT_CONFINED, REMEDY, Confinement
from bot.workers.task_messages import InvalidMessageError, Task, TaskResult
from bot.workers.worker_main import (
    EXIT_LOW_MEMORY,
    EXIT_OUT_OF_MEMORY,
    ReadPage,
    WorkerLimits,
    read_page,
)
from bot.workers.worker_process import WorkerDiedError, WorkerNotStartedError, WorkerProcess

__all__ = ["WorkerLimits", "WorkerPool"]

log = structlog.get_logger(__name__)

MAX_ROUNDS = 3
"""Maximum number of attempts for a page that did not cause the failure."""
_USUAL_MEMORY_MB = 512
"""Some 450 MB of addresses are taken by the code, the models and the libraries."""


class _RetryPageError(Exception):
    """The page was not read, and its content is not the cause."""


class _NotConfinedError(WorkerError):
    """A worker could not be confined completely, and the settings require it."""


class WorkerPool:
    """Runs `digest` in a pool of processes. Thread-safe.

    Each thread that calls it drives one process, so the pool has no threads of its own.
    """

    def __init__(self, limits: WorkerLimits, read: ReadPage = read_page) -> None:
        """`read` runs in the processes; tests replace it."""
        self._limits = limits
        self._read = read
        self._changed = threading.Condition()
        self._idle: list[WorkerProcess] = []
        self._running: set[WorkerProcess] = set()
        self._reserved = 0
        """Number of processes that run a task or are being started."""
        self._closed = False
        self.confinement: Confinement | None = None
        """What the latest process has applied to itself; None before the first one."""

    def start(self) -> None:
        """Start the processes now, so that the first page does not wait for them.

        Raises `UserError` if the settings require a confinement that could not be applied.
        """
        while self._reserve_missing():
            try:
                worker = self._new_worker()
            except _NotConfinedError as error:
                self._end_reservation()
                raise UserError(str(error), REMEDY) from error
            except (WorkerNotStartedError, WorkerStopped):  # the next page tries again, and reports it
                self._end_reservation()
                return
            self._give_back(worker, reusable=True)

    def digest(
        self,
        page: Page,
        length: LengthLimits,
        method: str,
        *,
        explain: bool = False,
        with_key_words: bool = True,
    ) -> Digest | NotArticle:
        """Same as `bot.workers.digest.digest`. Raises WorkerError if the task crashed or hit its limits."""
        task = Task(page, length, method, explain, with_key_words)
        for _ in range(MAX_ROUNDS):
            try:
                return self._found(self._run(task))
            except _RetryPageError:
                continue
        raise WorkerError(f"the processes that read pages keep failing{self._hint()}")

    def _hint(self) -> str:
        if self._limits.memory_mb >= _USUAL_MEMORY_MB:
            return ""
        found, enough = self._limits.memory_mb, _USUAL_MEMORY_MB
        return f"; [workers] memory_mb = {found} is probably too small: use {enough}"

    def _run(self, task: Task) -> TaskResult:
        worker = self._take()
        reusable = False
        try:
            result = worker.run(task)
            reusable = worker.tasks < self._limits.tasks_per_process
            return result
        except WorkerDiedError as error:
            raise self._exit_error(error) from error
        except TimeoutError as error:
            seconds = self._limits.timeout.total_seconds()
            raise WorkerError(f"reading the page took longer than {seconds:g} s") from error
        except FrameTooLargeError as error:
            raise WorkerError("reading the page gave a result that is too long") from error
        except InvalidMessageError as error:
            log.error("a process that reads pages gave an invalid result", why=str(error))
            raise WorkerError("reading the page gave an invalid result") from error
        finally:
            self._give_back(worker, reusable=reusable)

    def _found(self, result: TaskResult) -> Digest | NotArticle:
        if result.fault is not None:
            failed = WorkerError(f"reading the page failed: {result.fault.error}")
            where = result.fault.where
            log.error("reading a page failed with an unexpected error", where=where, exc_info=failed)
            raise failed
        found = result.digest or result.not_article
        assert found is not None
        return found

    def _exit_error(self, error: WorkerDiedError) -> Exception:
        if self._closed:
            return WorkerStopped("Precis is stopping")
        if not error.task_received or error.exit_code == EXIT_LOW_MEMORY:
            return _RetryPageError()
        if error.exit_code == EXIT_OUT_OF_MEMORY:
            return WorkerError(f"reading the page took more than {self._limits.memory_mb} MB")
        return WorkerError("the process that read the page crashed")

    def _take(self) -> WorkerProcess:
        """A process for one task. Waits while all are busy."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._reserved < self._limits.processes)
            self._reserved += 1
            worker = self._idle.pop() if self._idle else None
        try:
            worker = self._usable(worker) or self._new_worker()
        except WorkerNotStartedError as error:
            self._end_reservation()
            log.error("a process that reads pages could not be started", why=str(error))
            raise _RetryPageError from error
        except BaseException:
            self._end_reservation()
            raise
        with self._changed:
            self._running.add(worker)
            closed = self._closed
        if closed:
            self._give_back(worker, reusable=False)
            raise WorkerStopped("Precis is stopping")
        return worker

    @staticmethod
    def _usable(worker: WorkerProcess | None) -> WorkerProcess | None:
        if worker is None or worker.usable:
            return worker
        worker.stop()
        return None

    def _reserve_missing(self) -> bool:
        with self._changed:
            missing = self._reserved + len(self._idle) < self._limits.processes
            if self._closed or not missing:
                return False
            self._reserved += 1
            return True

    def _new_worker(self) -> WorkerProcess:
        if self._closed:
            raise WorkerStopped("Precis is stopping")
        worker = WorkerProcess(self._limits, self._read)
        applied, first = worker.confinement, self.confinement is None
        self.confinement = applied
        if applied.missing and self._limits.require_confinement:
            worker.stop()
            raise _NotConfinedError(NOT_CONFINED.format(applied.description))
        if applied.failures and first:
            log.warning("the processes that read pages could not be confined", why=applied.description)
        return worker

    def _give_back(self, worker: WorkerProcess, *, reusable: bool) -> None:
        """End the reservation of a process, and keep it for the next task or stop it."""
        with self._changed:
            self._running.discard(worker)
            keep = reusable and not self._closed
            if keep:
                self._idle.append(worker)
        self._end_reservation()
        if not keep:
            worker.stop()

    def _end_reservation(self) -> None:
        with self._changed:
            self._reserved -= 1
            self._changed.notify()

    @property
    def running_tasks(self) -> int:
        """The number of running tasks."""
        return len(self._running)

    def close(self) -> None:
        """Stop at once: running tasks raise `WorkerStopped` in their threads. Can be called again."""
        with self._changed:
            self._closed = True
            idle, running = self._idle, tuple(self._running)
            self._idle = []
            self._changed.notify_all()
        for worker in running:
            worker.kill()
        for worker in idle:
            worker.stop()
