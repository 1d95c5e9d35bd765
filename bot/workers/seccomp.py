"""The system calls that are blocked in a process that reads hostile pages (userspace-api/seccomp_filter).

No sockets, no programs, nothing that affects another process, and nothing that Landlock does not cover.
"""

from __future__ import annotations

import errno
import os
import platform
import termios
from collections.abc import Iterable, Iterator
from contextlib import suppress

_FORBIDDEN_CALLS = (
    *("socket", "socketpair", "connect", "bind", "listen", "accept", "accept4", "sendmmsg"),
    *("io_uring_setup", "io_uring_enter", "io_uring_register"),  # another way to open sockets
    *("execve", "execveat", "fork", "vfork"),
    *("ptrace", "process_vm_readv", "process_vm_writev", "pidfd_open", "pidfd_getfd", "kcmp"),
    *("tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_send_signal"),
    *("unshare", "setns", "mount", "umount2", "pivot_root", "chroot", "open_by_handle_at"),
    *("bpf", "perf_event_open", "userfaultfd", "keyctl", "add_key", "request_key"),
    *("memfd_create", "memfd_secret", "mq_open", "mq_unlink"),
    *("shmget", "shmat", "shmctl", "msgget", "msgsnd", "msgrcv", "msgctl"),
    *("semget", "semop", "semtimedop", "semctl"),
    # What Landlock does not cover: modes (for example of the settings), owners, times, attributes of files.
    *("chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "lchown", "fchown", "fchownat"),
    *("utime", "utimes", "futimesat", "utimensat"),
    *("setxattr", "lsetxattr", "fsetxattr", "setxattrat", "file_setattr"),
    *("removexattr", "lremovexattr", "fremovexattr", "removexattrat"),
    # The share of the processor that another process gets.
    *("setpriority", "ioprio_set", "sched_setaffinity", "sched_setscheduler", "sched_setparam"),
    *("sched_setattr", "migrate_pages", "move_pages", "process_madvise"),
)
_SIGNAL_CALLS = ("kill", "tgkill")
"""Calls whose first argument is a process: a worker may only signal itself (abort does)."""
_TERMINAL_INPUT_REQUESTS = (termios.TIOCSTI, 0x541C)
"""ioctl(2) requests that insert characters into a terminal's input, as if the user had typed them.

A daemon in a terminal shares it with its workers. The second one is TIOCLINUX (ioctl_console(2)).
"""
_CLONE_THREAD = 0x10000
_X32 = 0x40000000
"""Marks the call numbers of x86-64's second ABI, which a filter must block too."""


def block_system_calls() -> None:
    """Permanently block the calls in this process and its children."""
    from seccompy import ArgCmp, CmpOp, Filter, FilterFlag, SeccompError

    rules = Filter(flags=FilterFlag.TSYNC)
    for number in _call_numbers(_FORBIDDEN_CALLS):
        rules.errno(number, errno.EPERM)
    for number in _call_numbers(_SIGNAL_CALLS):
        rules.errno(number, errno.EPERM, args=[ArgCmp(0, CmpOp.NE, os.getpid())])
    for number in _call_numbers(("prlimit64",)):  # its own limits only, never the daemon's
        for own in (0, os.getpid()):
            rules.allow(number, args={0: own})
        rules.errno(number, errno.EPERM)
    for number in _call_numbers(("ioctl",)):
        for request in _TERMINAL_INPUT_REQUESTS:
            rules.errno(number, errno.EPERM, args=[ArgCmp(1, CmpOp.MASKED_EQ, request, 0xFFFFFFFF)])
    for number in _call_numbers(("clone",)):  # threads are allowed, processes are not
        rules.errno(number, errno.EPERM, args=[ArgCmp(0, CmpOp.MASKED_EQ, 0, _CLONE_THREAD)])
    for number in _call_numbers(("clone3",)):  # a filter cannot see its flags; ENOSYS makes callers use clone
        rules.errno(number, errno.ENOSYS)
    with suppress(SeccompError):
        rules.load()


def _call_numbers(names: Iterable[str]) -> Iterator[int]:
    """The numbers of the calls on this machine, on x86-64 in both ABIs; unknown names are left out."""
    from seccompy import syscall_nr

    for name in names:
        with suppress(ValueError):
            number = syscall_nr(name)
            yield number
            if platform.machine().lower() in {"x86_64", "amd64"}:
                yield number | _X32
