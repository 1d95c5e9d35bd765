"""The lock file of a daemon: one daemon at a time uses a database file, or a folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from bot.core.errors import StoreError
from bot.store.database_errors import os_store_error


@contextmanager
def daemon_lock(path: Path) -> Iterator[None]:
    """Hold the lock file beside the database; raises `StoreError` when another daemon holds it.

    The operating system owns the lock, so it is released when the process ends for any reason. Only the
    owner can open the file, because a user who can read it can lock it.
    """
    lock = FileLock(f"{path}.lock", timeout=0, mode=0o600)
    try:
        lock.acquire()
        with suppress(PermissionError):  # a command of another user: the file keeps its owner
            Path(f"{path}.lock").chmod(0o600)
    except Timeout as error:
        raise StoreError(
            f"Another precis daemon is already running on {path}.",
            "Stop it first, or set another database for this one ([bot] database).",
            temporary=True,
        ) from error
    except OSError as error:
        raise os_store_error(f"Cannot lock {path}.lock", error) from error
    try:
        yield
    finally:
        lock.release()
