"""What a process that reads pages must not be able to do, and which layer of the confinement denies it.

Sources: kernel documentation, userspace-api/landlock ("Previous limitations") and
userspace-api/seccomp_filter; setrlimit(2), capabilities(7). docs/reference/confinement.md shows the table.
"""

from __future__ import annotations

from msgspec import Struct


class Right(Struct, frozen=True):
    """One thing that a process that reads pages must not be able to do."""

    name: str
    """The label of the metric."""
    text: str
    """Completes "processes that read pages can …"."""
    landlock: int | None = None
    """The first ABI version of Landlock that denies it; None: no version does."""
    seccomp: bool = True
    """Whether the seccomp filter denies it."""
    limits: bool = False
    """Whether a limit or a missing privilege denies it, except to root."""


RIGHTS = (
    Right("read_files", "read files other than code", landlock=1, seccomp=False),
    Right("write_files", "write, create, move and delete files", landlock=1),
    Right("truncate_files", "truncate files", landlock=3),
    Right("change_attributes", "change the mode, owner, times and attributes of files"),
    Right("control_devices", "control devices and terminals", landlock=5),
    Right("tcp", "use TCP", landlock=4),
    Right("other_network", "use UDP and other protocols"),
    Right("abstract_sockets", "connect to abstract sockets of local services", landlock=6),
    Right("socket_files", "connect to socket files of local services", landlock=9),
    Right("signals", "send signals to other processes", landlock=6),
    Right("other_processes", "change limits and priorities of other processes"),
    # A program in memory (memfd_create) would need a file that can be written; RLIMIT_FSIZE is 0.
    Right("programs", "run programs", landlock=1),
    Right("start_processes", "start processes and threads", limits=True),
    Right("system_settings", "set the clock and the host name", limits=True),
)


class Confinement(Struct, frozen=True):
    """The layers that a kernel supports, or that a process has applied to itself."""

    landlock: int = 0
    """The ABI version of Landlock; 0 if there is none."""
    seccomp: bool = False
    root: bool = False
    """Whether the process belongs to root, so that limits do not bind it."""
    failures: tuple[str, ...] = ()
    """The layers that the kernel supports but that could not be applied, with the error."""

    def denies(self, right: Right) -> bool:
        by_landlock = right.landlock is not None and self.landlock >= right.landlock
        return by_landlock or (right.seccomp and self.seccomp) or (right.limits and not self.root)

    @property
    def missing(self) -> tuple[Right, ...]:
        """The rights that are not denied."""
        return tuple(right for right in RIGHTS if not self.denies(right))

    @property
    def layers(self) -> str:
        """For example "Landlock ABI 7, seccomp"."""
        landlock = f"Landlock ABI {self.landlock}" if self.landlock else "no Landlock"
        return ", ".join((landlock, "seccomp" if self.seccomp else "no seccomp", *self.failures))

    @property
    def description(self) -> str:
        """One sentence without a full stop: what is denied, or else what is possible."""
        if not self.missing:
            return (
                "processes that read pages have no network, start no programs, write nothing and read "
                f"only their own code ({self.layers})"
            )
        return f"processes that read pages can {_listed(self.missing)} ({self.layers})"


NOT_CONFINED = '[workers] confinement = "require" cannot be met: {}.'
"""With a description."""
REMEDY = (
    "Use Linux 5.13 or newer with Landlock and seccomp, and allow both in the container. Landlock must be "
    'listed in /sys/kernel/security/lsm. Or set confinement = "prefer".'
)
ROOT_WARNING = "Precis runs as root, so a fault in it has every right on this machine"
ROOT_REMEDY = "Run Precis as a user of its own (see docs/how-to/deploy.md)."


def _listed(rights: tuple[Right, ...]) -> str:
    *others, last = (right.text for right in rights)
    return f"{', '.join(others)}, and {last}" if others else last
