"""Records which process the daemon is, and finds it for `precis reload` and `precis logs`.

`DATABASE.pid` has the number of the process. It counts only while that process holds the daemon's lock. It
also has where the process writes its log: the daemon protects its memory, so other processes of its user
cannot look that up in /proc.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from msgspec import Struct

from bot.core.errors import StoreError

_NAMESPACE = "/proc/self/ns/pid"
"""The namespace of process numbers, which differs in containers."""
_LOG = "/proc/self/fd/2"
"""Standard error, as a link to where it goes (proc(5))."""


class DaemonProcess(Struct, frozen=True):
    pid: int
    log: str
    """Where its standard error goes: a path, `socket:[…]` or `pipe:[…]`; "" if the system does not say."""


@contextmanager
def record_process(database: Path) -> Iterator[None]:
    """Record this process in this block, which must hold the lock. A full disk does not prevent the block."""
    file = _file(database)
    with suppress(OSError):
        file.unlink(missing_ok=True)  # of a daemon that was killed, perhaps of another user
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as written:
            found = {"pid": os.getpid(), "namespace": _link(_NAMESPACE), "log": _link(_LOG)}
            json.dump(found, written)
    try:
        yield
    finally:
        with suppress(OSError):
            file.unlink(missing_ok=True)


def find_daemon(database: Path) -> DaemonProcess | None:
    """The process of the daemon; None if no daemon runs on the database.

    Raises `StoreError` if one runs, but its process cannot be found.
    """
    if not _is_locked(database):
        return None
    try:
        found = json.loads(_file(database).read_bytes())
        process, namespace = DaemonProcess(int(found["pid"]), str(found["log"])), found["namespace"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f"A daemon is running on {database}, but {_file(database)} does not say which process it is.",
            "Find it with: pgrep -f 'precis run'",
        ) from error
    if namespace != _link(_NAMESPACE):
        raise StoreError(
            f"The daemon on {database} runs in another container.",
            "Run this command in that container.",
        )
    return process


def _is_locked(database: Path) -> bool:
    lock = Path(f"{database}.lock")
    try:
        with lock.open("rb") as file:  # without FileLock, which would change the file
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    except OSError as error:
        raise StoreError(
            f"{lock} cannot be read: {error.strerror}.",
            "Run the command as the user of the daemon, or as root.",
        ) from error
    return False


def _file(database: Path) -> Path:
    return Path(f"{database}.pid")


def _link(path: str) -> str:
    """The target of a link in /proc; "" where the system has none."""
    try:
        return str(Path(path).readlink())
    except OSError:
        return ""
