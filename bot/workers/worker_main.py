"""What runs in a worker: it confines itself, says so, and then reads one page after the other."""

from __future__ import annotations

import mmap
import os
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, Self

from msgspec import Struct

from bot.core.models import Digest, LengthLimits, NotArticle, Page
from bot.operations.garbage_collection import collect_seldom
from bot.operations.malloc import give_back_free_memory
from bot.workers.confinement import confine, limit_cpu_time
from bot.workers.frames import receive_frame, send_frame
from bot.workers.task_messages import Task, TaskFault, TaskResult, decode_task, encode_result

if TYPE_CHECKING:
    from bot.config.settings import Workers

EXIT_OUT_OF_MEMORY = 101
EXIT_LOW_MEMORY = 102
"""Exit codes of a worker: out of memory during a page, and too little free memory before one."""
MIN_FREE_SHARE = 0.25
"""Share of its memory limit that must be free in a worker before it reads a page."""
MAX_FRAMES = 30
MAX_ERROR_LENGTH = 500
_NO_LIMIT = 1 << 32

ReadPage = Callable[..., Digest | NotArticle]


class WorkerLimits(Struct, frozen=True):
    """The limits of one task, and the size of the pool."""

    processes: int = 2
    timeout: timedelta = timedelta(seconds=20)
    memory_mb: int = 1024
    tasks_per_process: int = 50
    """Number of tasks after which a worker is replaced, so that memory leaks stay small."""
    readable: tuple[Path, ...] = ()
    """Folders that a worker may read in addition to the code."""
    require_confinement: bool = False
    """Whether a worker that cannot be confined completely must not read pages."""
    fork_server: bool = True
    """Whether a process is a copy of a fork server that has read a page. Otherwise it loads only what its
    page needs, which takes less time for one page."""
    cache: Path | None = None
    """The folder for cached data if the user's cache folder cannot be written."""

    @classmethod
    def from_settings(cls, settings: Workers, cache: Path | None = None) -> Self:
        return cls(
            settings.processes,
            settings.timeout,
            settings.memory_mb,
            settings.recycle,
            require_confinement=settings.confinement == "require",
            cache=cache,
        )


def read_page(
    page: Page, length: LengthLimits, method: str, *, explain: bool, with_key_words: bool
) -> Digest | NotArticle:
    """The import is here because the daemon never loads the code that reads pages."""
    from bot.workers.digest import digest

    return digest(page, length, method, explain=explain, with_key_words=with_key_words)


def serve_tasks(
    tasks: Connection, results: Connection, output: Connection, limits: WorkerLimits, read: ReadPage
) -> NoReturn:
    """Read the pages that arrive in `tasks` until it is closed. Never returns.

    `output` receives everything that code or libraries write to standard output and standard error.
    """
    try:
        _redirect_output(output)
        if not limits.fork_server:
            collect_seldom()
            import bot.workers.first_imports  # noqa: F401
        _keep_only(tasks, results)
        applied = confine(limits.memory_mb, limits.readable)
        send_frame(results.fileno(), encode_result(applied))
        while True:
            header = receive_frame(tasks.fileno(), _NO_LIMIT)
            task = decode_task(header, bytes(receive_frame(tasks.fileno(), _NO_LIMIT)))
            send_frame(results.fileno(), _run(task, limits, read))
            give_back_free_memory()
    except (EOFError, BrokenPipeError):
        os._exit(0)  # the daemon has closed the pipe or is gone
    except BaseException:  # noqa: BLE001 (nothing above handles it)
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)


def _redirect_output(output: Connection) -> None:
    """Standard input and output may be the operator's terminal or log file."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(output.fileno(), 1)
    os.dup2(output.fileno(), 2)


def _keep_only(tasks: Connection, results: Connection) -> None:
    """Close every other file descriptor except standard input and output.

    The files of the language model stay mapped. multiprocessing leaves the pipes of
    its resource tracker and its fork server open, with which a worker could delete the semaphores of other
    processes, or end the fork server.
    """
    kept = {0, 1, 2, tasks.fileno(), results.fileno()}
    for descriptor in {int(entry.name) for entry in Path("/dev/fd").iterdir()} - kept:
        with suppress(OSError):  # the descriptor of this listing is closed already
            os.close(descriptor)


def _run(task: Task, limits: WorkerLimits, read: ReadPage) -> bytes:
    """Run one task within its limits on processor time and memory. Returns the encoded result."""
    if not _has_room(int(MIN_FREE_SHARE * limits.memory_mb) * 1024 * 1024):
        os._exit(EXIT_LOW_MEMORY)
    limit_cpu_time(limits.timeout)
    try:
        return encode_result(_read(task, read))
    except MemoryError:
        os._exit(EXIT_OUT_OF_MEMORY)  # the memory is still full, so this process cannot go on
    finally:
        limit_cpu_time(None)


def _read(task: Task, read: ReadPage) -> TaskResult:
    try:
        found = read(
            task.page, task.length, task.method, explain=task.explain, with_key_words=task.with_key_words
        )
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 (any error in reading a page is a result)
        return TaskResult(fault=_fault(error))
    return TaskResult(digest=found) if isinstance(found, Digest) else TaskResult(not_article=found)


def _fault(error: Exception) -> TaskFault:
    frames = traceback.extract_tb(error.__traceback__)[-MAX_FRAMES:]
    where = tuple(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames)
    return TaskFault(f"{type(error).__name__}: {error}"[:MAX_ERROR_LENGTH], where)


def _has_room(size: int) -> bool:
    """Whether this process can still allocate `size` bytes; the check itself uses no memory."""
    try:
        mmap.mmap(-1, size).close()
    except (OSError, MemoryError):
        return False
    return True
