"""Tries each right that a process that reads pages must not have, and each call that seccomp blocks.

python -m tests.workers.probes TARGETS      prints what is possible for each version of Landlock, as JSON
(see tests/workers/test_confinement.py)
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import json
import os
import resource
import signal
import socket
import sys
import termios
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from seccompy import syscall_nr

from bot.workers.confinement import confine
from bot.workers.landlock import landlock_abi
from bot.workers.rights import Confinement
from bot.workers.seccomp import seccomp_supported


@dataclass(frozen=True)
class Targets:
    """What a probe tries to reach: all belong to the test."""

    folder: str
    """Contains note.txt and the socket listening.sock."""
    tcp: int
    udp: int
    abstract: str
    process: int


def possible_rights(targets: Targets) -> Iterator[str]:
    """The names of the rights (`bot.workers.rights`) that this process has."""
    for name, acts in _acts(targets).items():
        if any(_succeeds(act) for act in acts):
            yield name


def _acts(targets: Targets) -> dict[str, list[Callable[[], object]]]:
    note = Path(targets.folder) / "note.txt"
    other = Path(targets.folder) / f"other-{os.getpid()}"
    process = targets.process
    return {
        "read_files": [note.read_text, Path("/etc/passwd").read_text, lambda: list(Path("/").iterdir())],
        "write_files": [lambda: _make_and_remove(other), other.mkdir, lambda: other.symlink_to(note)],
        "truncate_files": [lambda: os.truncate(note, 1), lambda: _open(note, os.O_RDONLY | os.O_TRUNC)],
        "change_attributes": [
            lambda: note.chmod(0o600),
            lambda: os.utime(note),
            lambda: os.chown(note, -1, -1),
        ],
        "control_devices": [_insert_key],
        "tcp": [lambda: socket.create_connection(("127.0.0.1", targets.tcp), 5).close()],
        "other_network": [lambda: _send_datagram(targets.udp)],
        "abstract_sockets": [lambda: _connect("\0" + targets.abstract)],
        "socket_files": [lambda: _connect(f"{targets.folder}/listening.sock")],
        "signals": [lambda: os.kill(process, 0)],
        "other_processes": [
            lambda: resource.prlimit(process, resource.RLIMIT_CORE),
            lambda: os.sched_setaffinity(process, os.sched_getaffinity(0)),
            lambda: os.setpriority(os.PRIO_PROCESS, process, os.getpriority(os.PRIO_PROCESS, process)),
        ],
        "start_processes": [_start_thread, _start_process],
        "system_settings": [_set_no_time],
        "programs": [lambda: os.execv("/bin/true", ["true"])],  # the last one: it does not return
    }


def _succeeds(act: Callable[[], object]) -> bool:
    try:
        act()
    except (OSError, RuntimeError):  # RuntimeError: no thread could be started
        return False
    return True


def _open(path: Path, flags: int) -> None:
    os.close(os.open(path, flags))


def _make_and_remove(path: Path) -> None:
    _open(path, os.O_CREAT | os.O_WRONLY)
    path.unlink()


def _insert_key() -> None:
    """ioctl(2) with TIOCSTI; a device that is no terminal refuses it with ENOTTY, after every other check."""
    null = os.open("/dev/null", os.O_RDONLY)
    try:
        fcntl.ioctl(null, termios.TIOCSTI, b"x")
    except OSError as error:
        if error.errno != errno.ENOTTY:
            raise
    finally:
        os.close(null)


def _send_datagram(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"x", ("127.0.0.1", port))


def _connect(address: str) -> None:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(address)


def _start_thread() -> None:
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()


def _start_process() -> None:
    if not (child := os.fork()):
        os._exit(0)
    os.waitpid(child, 0)


def _set_no_time() -> None:
    """settimeofday(2) without a time: it checks the privilege, and changes nothing."""
    if _libc().syscall(syscall_nr("settimeofday"), None, None):  # the C library would read the time
        raise OSError(ctypes.get_errno(), "settimeofday")


def unfiltered_calls(targets: Targets) -> Iterator[str]:
    """What seccomp should block with EPERM, ENOSYS or EACCES and does not. Other errors prove nothing."""
    note = os.fsencode(Path(targets.folder) / "note.txt")
    read_end, write_end = os.pipe()
    open_how = (ctypes.c_uint64 * 3)(os.O_RDONLY, 0, 0)
    calls: dict[str, Callable[[], int]] = {
        "ftruncate": lambda: _libc().ftruncate(write_end, 0),
        "truncate": lambda: _libc().truncate(note, 0),
        "open for writing": lambda: _libc().open(b"/dev/null", os.O_WRONLY),
        "openat2": lambda: _libc().syscall(
            syscall_nr("openat2"), -100, b"/dev/null", ctypes.byref(open_how), 24
        ),
        "F_SETOWN": lambda: _libc().fcntl(read_end, fcntl.F_SETOWN, targets.process),
        "F_SETOWN with a high half": lambda: _libc().fcntl(
            read_end, ctypes.c_uint64(0xF00000000 | fcntl.F_SETOWN), targets.process
        ),
        "F_SETSIG": lambda: _libc().fcntl(read_end, 10, signal.SIGTERM),
        "O_ASYNC": lambda: _libc().fcntl(read_end, fcntl.F_SETFL, 0x2000),
        "FIOASYNC": lambda: _libc().ioctl(read_end, 0x5452, ctypes.byref(ctypes.c_int(1))),
        "F_SETPIPE_SZ": lambda: _libc().fcntl(read_end, 1031, 1 << 20),
        "sethostname": lambda: _libc().sethostname(b"elsewhere", -1),  # the length is invalid
        "clock_adjtime": lambda: _libc().clock_adjtime(0, None),
        "setrlimit": lambda: _libc().setrlimit(resource.RLIMIT_CORE, (ctypes.c_uint64 * 2)(0, 0)),
        "memfd_create": lambda: _libc().memfd_create(b"x", 0),
        "execveat": lambda: _libc().syscall(syscall_nr("execveat"), -100, b"/bin/true", None, None, 0),
    }
    for name, call in calls.items():
        if call() >= 0 or ctypes.get_errno() not in {errno.EPERM, errno.ENOSYS, errno.EACCES}:
            yield name
    os.close(read_end)
    os.close(write_end)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _possible_with(support: Confinement, targets: Targets) -> list[str]:
    """The rights of a child process that applies these layers to itself."""
    read_end, write_end = os.pipe()
    if not (child := os.fork()):
        confine(4096, support=support)
        for name in possible_rights(targets):
            os.write(write_end, f"{name} ".encode())
        os._exit(1)
    os.close(write_end)
    found = os.fdopen(read_end).read().split()
    _, status = os.waitpid(child, 0)
    return [*found, "programs"] if os.waitstatus_to_exitcode(status) == 0 else found


def main() -> None:
    targets = Targets(**json.loads(sys.argv[1]))
    results = []
    for seccomp in (False, True) if seccomp_supported() else (False,):
        for abi in range(landlock_abi() + 1):
            support = Confinement(abi, seccomp, root=os.geteuid() == 0)
            results.append([abi, seccomp, _possible_with(support, targets)])
    sys.stdout.write(json.dumps(results))


if __name__ == "__main__":
    main()
