"""The system calls that are blocked in a process that reads hostile pages (userspace-api/seccomp_filter).

No sockets, no programs, no threads, no change of any file or of the system, nothing that affects another
process: also what Landlock does not cover in its older versions, or in any.
"""

from __future__ import annotations

import errno
import fcntl
import os
import platform
import resource
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seccompy import ArgCmp, Filter

FORBIDDEN_CALLS = (
    *("socket", "socketpair", "connect", "bind", "listen", "accept", "accept4", "sendmmsg"),
    *("io_uring_setup", "io_uring_enter", "io_uring_register"),  # another way to open sockets
    *("execve", "execveat", "fork", "vfork"),
    *("ptrace", "process_vm_readv", "process_vm_writev", "pidfd_open", "pidfd_getfd", "kcmp"),
    *("tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_send_signal"),
    *("unshare", "setns", "mount", "umount2", "pivot_root", "chroot", "open_by_handle_at"),
    *("open_tree", "move_mount", "mount_setattr", "fsopen", "fsconfig", "fsmount", "fspick"),
    *("bpf", "perf_event_open", "userfaultfd", "keyctl", "add_key", "request_key"),
    *("memfd_create", "memfd_secret", "mq_open", "mq_unlink"),
    *("shmget", "shmat", "shmctl", "msgget", "msgsnd", "msgrcv", "msgctl"),
    *("semget", "semop", "semtimedop", "semctl"),
    # Files: sizes, names, modes (for example of the settings), owners, times, attributes.
    *("truncate", "ftruncate", "fallocate", "creat", "mknod", "mknodat"),
    *("mkdir", "mkdirat", "rmdir", "unlink", "unlinkat", "rename", "renameat", "renameat2"),
    *("link", "linkat", "symlink", "symlinkat"),
    *("chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "lchown", "fchown", "fchownat"),
    *("utime", "utimes", "futimesat", "utimensat"),
    *("setxattr", "lsetxattr", "fsetxattr", "setxattrat", "file_setattr"),
    *("removexattr", "lremovexattr", "fremovexattr", "removexattrat"),
    # The share of the processor that another process gets.
    *("setpriority", "ioprio_set", "sched_setaffinity", "sched_setscheduler", "sched_setparam"),
    *("sched_setattr", "migrate_pages", "move_pages", "process_madvise"),
    # The system: clock, names, modules, power, disks.
    *("settimeofday", "clock_settime", "clock_adjtime", "adjtimex", "sethostname", "setdomainname"),
    *("init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "reboot"),
    *("swapon", "swapoff", "acct", "quotactl", "quotactl_fd", "syslog", "vhangup", "iopl", "ioperm"),
    # Quotas that all processes of a user, or of the machine, share.
    *("inotify_init", "inotify_init1", "fanotify_init", "io_setup", "sync", "syncfs"),
)
_SIGNAL_CALLS = ("kill", "tgkill")
"""Calls whose first argument is a process: a worker may only signal itself (abort does)."""
_WRITING_FLAGS = (os.O_WRONLY, os.O_RDWR, os.O_CREAT, os.O_TRUNC)
"""Flags of open(2) that change a file. O_TRUNC does so even together with O_RDONLY."""
_FORBIDDEN_FCNTL_COMMANDS = (
    # F_SETOWN, F_SETSIG and F_SETOWN_EX send any signal to any process, as soon as a file can be read.
    *(fcntl.F_SETOWN, 10, 15),
    *(1024, 1026, 1031),  # F_SETLEASE and F_NOTIFY concern other processes; F_SETPIPE_SZ uses a shared quota
)
_O_ASYNC = 0x2000
_ALLOWED_IOCTL_REQUESTS = (0x5401, 0x802C542A, 0x5413, 0x541B, 0x5450, 0x5451)
"""Requests of ioctl(2) that only ask, or concern only a file descriptor of this process: TCGETS, TCGETS2
(isatty), TIOCGWINSZ, FIONREAD, FIONCLEX, FIOCLEX."""
_X32 = 0x40000000
"""Marks the call numbers of x86-64's second ABI, which a filter must block too."""
_INT = 0xFFFFFFFF
"""The kernel ignores the upper half of an argument that is an int."""


def seccomp_supported() -> bool:
    """Whether this kernel can filter the calls of a process."""
    if sys.platform != "linux":
        return False
    import seccompy

    try:
        return bool(seccompy.supported())
    except OSError:  # a container's filter may forbid even this query
        return False


def block_system_calls() -> None:
    """Permanently block the calls in this process. Raises `OSError` if the kernel refuses."""
    from seccompy import Filter, FilterFlag

    rules = Filter(flags=FilterFlag.TSYNC)
    _deny(rules, FORBIDDEN_CALLS, errno.EPERM)
    # A filter cannot see the flags of these two. ENOSYS makes callers use the calls below.
    _deny(rules, ("clone3", "openat2"), errno.ENOSYS)
    _deny(rules, ("clone",), errno.EAGAIN)  # the error of a thread too many (pthread_create(3))
    _restrict_processes(rules)
    _restrict_descriptors(rules)
    rules.load()


def _restrict_processes(rules: Filter) -> None:
    """Signals only to this process; limits only of this process, and only that of processor time."""
    from seccompy import ArgCmp, CmpOp

    _deny(rules, _SIGNAL_CALLS, errno.EPERM, ArgCmp(0, CmpOp.NE, os.getpid()))
    for number in _call_numbers(("prlimit64",)):
        for own in (0, os.getpid()):
            rules.allow(number, args={0: own, 1: resource.RLIMIT_CPU})
            rules.allow(number, args={0: own, 2: 0})  # no new limit: it only asks
        rules.errno(number, errno.EPERM)
    _deny(rules, ("setrlimit",), errno.EPERM, ArgCmp(0, CmpOp.NE, resource.RLIMIT_CPU))


def _restrict_descriptors(rules: Filter) -> None:
    """Files are opened for reading only, and devices are not controlled."""
    from seccompy import ArgCmp, CmpOp

    for flag in _WRITING_FLAGS:
        _deny(rules, ("open",), errno.EACCES, ArgCmp(1, CmpOp.MASKED_EQ, flag, flag))
        _deny(rules, ("openat",), errno.EACCES, ArgCmp(2, CmpOp.MASKED_EQ, flag, flag))
    for command in _FORBIDDEN_FCNTL_COMMANDS:
        _deny(rules, ("fcntl",), errno.EPERM, ArgCmp(1, CmpOp.MASKED_EQ, command, _INT))
    set_flags = ArgCmp(1, CmpOp.MASKED_EQ, fcntl.F_SETFL, _INT)
    _deny(rules, ("fcntl",), errno.EPERM, set_flags, ArgCmp(2, CmpOp.MASKED_EQ, _O_ASYNC, _O_ASYNC))
    for number in _call_numbers(("ioctl",)):
        for request in _ALLOWED_IOCTL_REQUESTS:
            rules.allow(number, args=[ArgCmp(1, CmpOp.MASKED_EQ, request, _INT)])
        rules.errno(number, errno.EPERM)


def _deny(rules: Filter, names: Iterable[str], error: int, *conditions: ArgCmp) -> None:
    for number in _call_numbers(names):
        rules.errno(number, error, args=conditions)


def _call_numbers(names: Iterable[str]) -> Iterator[int]:
    """The numbers of the calls on this machine, on x86-64 in both ABIs; unknown names are left out."""
    from seccompy import syscall_nr

    for name in names:
        with suppress(ValueError):
            number = syscall_nr(name)
            yield number
            if platform.machine().lower() in {"x86_64", "amd64"}:
                yield number | _X32
