"""The system calls that a process which reads hostile pages may not make (userspace-api/seccomp_filter).

No sockets, no programs, nothing that acts on another process, and nothing that Landlock leaves open.
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
    *("io_uring_setup", "io_uring_enter", "io_uring_register"),  # sockets by another door
    *("execve", "execveat", "fork", "vfork"),
    *("ptrace", "process_vm_readv", "process_vm_writev", "pidfd_open", "pidfd_getfd", "kcmp"),
    *("tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_send_signal"),
    *("unshare", "setns", "mount", "umount2", "pivot_root", "chroot", "open_by_handle_at"),
    *("bpf", "perf_event_open", "userfaultfd", "keyctl", "add_key", "request_key"),
    *("memfd_create", "memfd_secret", "mq_open", "mq_unlink"),
    *("shmget", "shmat", "shmctl", "msgget", "msgsnd", "msgrcv", "msgctl"),
    *("semget", "semop", "semtimedop", "semctl"),
    # What Landlock leaves alone: modes (of the settings, say), owners, times and attributes of any file.
    *("chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "lchown", "fchown", "fchownat"),
    *("utime", "utimes", "futimesat", "utimensat"),
    *("setxattr", "lsetxattr", "fsetxattr", "setxattrat", "file_setattr"),
    *("removexattr", "lremovexattr", "fremovexattr", "removexattrat"),
    # How much of the processor another process gets.
    *("setpriority", "ioprio_set", "sched_setaffinity", "sched_setscheduler", "sched_setparam"),
    *("sched_setattr", "migrate_pages", "move_pages", "process_madvise"),
)
_SIGNAL_CALLS = ("kill", "tgkill")
"""Calls whose first argument is a process: a worker may end itself (abort does) and nobody else."""
_TERMINAL_INPUT_REQUESTS = (termios.TIOCSTI, 0x541C)
"""ioctl(2) requests that put keys into a terminal's input, as if its owner had typed them (the second is
TIOCLINUX, ioctl_console(2)): a daemon on a terminal shares it with its workers."""
_CLONE_THREAD = 0x10000
_X32 = 0x40000000
"""The numbers of x86-64's second ABI, which a filter has to name too."""


def block_system_calls() -> None:
    """Take the calls away from this process for good, and from all it may become."""
    from seccompy import ArgCmp, CmpOp, Filter, FilterFlag, SeccompError

    rules = Filter(flags=FilterFlag.TSYNC)
    for number in _call_numbers(_FORBIDDEN_CALLS):
        rules.errno(number, errno.EPERM)
    for number in _call_numbers(_SIGNAL_CALLS):
        rules.errno(number, errno.EPERM, args=[ArgCmp(0, CmpOp.NE, os.getpid())])
    for number in _call_numbers(("prlimit64",)):  # its own limits, never the daemon's
        for own in (0, os.getpid()):
            rules.allow(number, args={0: own})
        rules.errno(number, errno.EPERM)
    for number in _call_numbers(("ioctl",)):
        for request in _TERMINAL_INPUT_REQUESTS:
            rules.errno(number, errno.EPERM, args=[ArgCmp(1, CmpOp.MASKED_EQ, request, 0xFFFFFFFF)])
    for number in _call_numbers(("clone",)):  # threads, but no processes
        rules.errno(number, errno.EPERM, args=[ArgCmp(0, CmpOp.MASKED_EQ, 0, _CLONE_THREAD)])
    for number in _call_numbers(("clone3",)):  # its flags stand where a filter cannot see: use clone
        rules.errno(number, errno.ENOSYS)
    with suppress(SeccompError):
        rules.load()


def _call_numbers(names: Iterable[str]) -> Iterator[int]:
    """The calls' numbers on this machine, on x86-64 in both ABIs; unknown names are left out."""
    from seccompy import syscall_nr

    for name in names:
        with suppress(ValueError):
            number = syscall_nr(name)
            yield number
            if platform.machine().lower() in {"x86_64", "amd64"}:
                yield number | _X32
