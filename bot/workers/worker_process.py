"""One worker as the daemon sees it: starts the process, gives it tasks, reads its results, ends it.

Each worker has pipes of its own, so it can neither read the page of another task nor answer for it. Every
wait has a deadline. Nothing that a worker writes is unpickled.
"""

from __future__ import annotations

import math
import multiprocessing
import multiprocessing.connection
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import ForkServerContext
from pathlib import Path

import structlog

from bot.operations.cache_folders import last_cache_folder
from bot.workers.frames import FrameTooLargeError, Wait, receive_frame, send_frame
from bot.workers.rights import Confinement
from bot.workers.task_messages import (
    InvalidMessageError,
    Task,
    TaskResult,
    decode_confinement,
    decode_result,
    encode_task,
    result_limit,
)
from bot.workers.worker_main import ReadPage, WorkerLimits, serve_tasks

log = structlog.get_logger(__name__)

PRELOADED_MODULES = ("bot.workers.preload", "bot.workers.worker_main")
"""What the fork server imports; every worker is a copy of it."""
START_TIMEOUT = timedelta(seconds=90)
"""For a new process to confine itself. The first one waits for the fork server to read a page."""
STOP_TIMEOUT = 5.0
MAX_OUTPUT = 2_000
"""Bytes of what a worker writes to standard error during one task that are logged; the rest is dropped."""
MAX_CONFINEMENT_MESSAGE = 10_000

_NO_LEAK_WARNINGS = "ignore:resource_tracker:UserWarning"
_process_lock = threading.Lock()
"""multiprocessing reads exit codes whenever a process starts, and two threads must not read the same one."""


class WorkerNotStartedError(Exception):
    """No process could be started, or it ended before it was ready."""


class WorkerDiedError(Exception):
    """The process ended during a task."""

    def __init__(self, exit_code: int | None, *, task_received: bool) -> None:
        super().__init__(exit_code)
        self.exit_code = exit_code
        self.task_received = task_received


class WorkerProcess:
    """One process. `run` is called by one thread at a time, `kill` by any thread."""

    def __init__(self, limits: WorkerLimits, read: ReadPage) -> None:
        """Raises `WorkerNotStartedError`."""
        self._limits = limits
        self.tasks = 0
        """Number of tasks that it was given."""
        context = _fork_server() if limits.fork_server else multiprocessing.get_context("spawn")
        try:
            tasks, self._tasks = context.Pipe(duplex=False)
            self._results, results = context.Pipe(duplex=False)
            self._output, output = context.Pipe(duplex=False)
        except OSError as error:  # too many open files
            raise WorkerNotStartedError(str(error)) from error
        self._output_open = True
        self._written = bytearray()
        self._process = context.Process(
            target=serve_tasks, args=(tasks, results, output, limits, read), daemon=True
        )
        try:
            with _process_lock:
                if limits.fork_server:
                    with _sigint_blocked():
                        _start_fork_server(limits.cache)
                        self._process.start()
                else:
                    self._process.start()
        except (OSError, EOFError) as error:
            self._close_pipes()
            raise WorkerNotStartedError(str(error)) from error
        finally:
            for end in (tasks, results, output):
                end.close()
        for end in (self._tasks, self._results, self._output):
            os.set_blocking(end.fileno(), False)
        self.confinement = self._receive_confinement()

    def _receive_confinement(self) -> Confinement:
        """What the process has applied to itself. It says so before it reads any page."""
        wait = self._waiting_until(time.monotonic() + START_TIMEOUT.total_seconds())
        try:
            message = receive_frame(self._results.fileno(), MAX_CONFINEMENT_MESSAGE, wait)
            return decode_confinement(message)
        except (EOFError, TimeoutError, FrameTooLargeError, InvalidMessageError) as error:
            self.stop()
            self._log_output(crashed=True)
            raise WorkerNotStartedError(str(error) or "it ended at once") from error

    def run(self, task: Task) -> TaskResult:
        """Raises `WorkerDiedError`, `TimeoutError`, `FrameTooLargeError` or `InvalidMessageError`.

        After any of these, the process must be stopped.
        """
        self.tasks += 1
        wait = self._waiting_until(time.monotonic() + self._limits.timeout.total_seconds())
        received = crashed = False
        try:
            for message in encode_task(task):
                send_frame(self._tasks.fileno(), message, wait)
            received = True
            result = receive_frame(self._results.fileno(), result_limit(task), wait)
            return decode_result(result, explain=task.explain)
        except (BrokenPipeError, EOFError) as error:
            crashed = True
            self.stop()
            raise WorkerDiedError(self._exit_code(), task_received=received) from error
        finally:
            self._log_output(crashed=crashed)

    def _waiting_until(self, deadline: float) -> Wait:
        """A wait that also reads what the process writes to standard error, so that it never blocks there."""

        def wait(descriptor: int, event: int) -> None:
            poll = select.poll()
            poll.register(descriptor, event)
            if self._output_open:
                poll.register(self._output.fileno(), select.POLLIN)
            while True:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError
                ready = [number for number, _ in poll.poll(math.ceil(left * 1000))]
                if descriptor in ready:
                    return
                if ready:
                    self._read_output()
                    if not self._output_open:
                        poll.unregister(self._output.fileno())

        return wait

    def _read_output(self) -> bool:
        """Read once from the process's output; returns whether there was anything."""
        try:
            part = os.read(self._output.fileno(), 65_536)
        except BlockingIOError:
            return False
        self._output_open = bool(part)
        self._written += part[: MAX_OUTPUT - len(self._written)]
        return bool(part)

    def _log_output(self, *, crashed: bool) -> None:
        """Log what the process wrote, as one value: a page must not be able to write lines of the log."""
        if self._output_open and not self._output.closed:
            self._read_output()
        if not self._written:
            return
        text = self._written.decode("utf-8", "replace").strip()
        self._written.clear()
        write = log.warning if crashed else log.info
        write("a process that reads pages wrote to standard error", text=text, pid=self._process.pid)

    @property
    def usable(self) -> bool:
        """Whether it waits for a task. A process that is dead, or sends what nobody asked for, does not."""
        poll = select.poll()
        poll.register(self._results.fileno(), select.POLLIN)
        return not poll.poll(0)

    def kill(self) -> None:
        """End the process at once. A thread that waits for its result gets `WorkerDiedError`."""
        with _process_lock:
            if self._process.is_alive():
                self._process.kill()

    def stop(self) -> None:
        """End the process and close its pipes. Can be called again."""
        self.kill()
        self._exit_code()
        if not self._output.closed:
            self._read_output()
        self._close_pipes()

    def _exit_code(self) -> int | None:
        """The exit code, negative for a signal; None if it is not known in time."""
        multiprocessing.connection.wait([self._process.sentinel], STOP_TIMEOUT)
        with _process_lock:
            return self._process.exitcode

    def _close_pipes(self) -> None:
        for end in (self._tasks, self._results, self._output):
            end.close()


def _fork_server() -> ForkServerContext:
    _silence_resource_tracker()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(PRELOADED_MODULES))
    return context


def _start_fork_server(cache: Path | None) -> None:
    """Start the fork server if it does not run. Its workers find the language model below `cache`."""
    with last_cache_folder(cache):
        forkserver.ensure_running()


@contextmanager
def _sigint_blocked() -> Iterator[None]:
    """Block SIGINT in this thread, and in a fork server and its workers that are started meanwhile.

    Otherwise Ctrl-C on the terminal would end them with a traceback while they load, or while a worker waits
    for what this process tells it first. The resource tracker is started before, because its start unblocks
    SIGINT.
    """
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _silence_resource_tracker() -> None:
    """Keep the warnings of multiprocessing's resource tracker out of the log.

    The tracker is a process that outlives a killed daemon. It removes the semaphores that are left, and
    reports them on standard error as plain text. It gets our warning options when it starts.
    """
    if _NO_LEAK_WARNINGS not in sys.warnoptions:
        sys.warnoptions.append(_NO_LEAK_WARNINGS)
