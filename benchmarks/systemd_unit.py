"""The systemd unit without systemd: its score, and the daemon under the unit's restrictions.

    python -m benchmarks.systemd_unit

The system call filter is built from deploy/precis.service with libseccomp. Also applied: no new privileges,
no capabilities, and no memory that is both writable and executable (prctl(2), PR_SET_MDWE). A datagram
socket receives the notifications in place of systemd. Needs Linux, root, systemd-analyze, setpriv and
libseccomp.
"""

from __future__ import annotations

import ctypes
import os
import re
import runpy
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.sandbox.environment import SandboxEnvironment, stop_daemon

UNIT = Path(__file__).parents[1] / "deploy/precis.service"
POSTS = 4
TIMEOUT_SECONDS = 180.0
PR_SET_NO_NEW_PRIVS, PR_SET_MDWE = 38, 65
EPERM_ACTION, ALLOW_ACTION = 0x00050001, 0x7FFF0000
"""SCMP_ACT_ERRNO(EPERM) and SCMP_ACT_ALLOW (seccomp_init(3))."""


def score() -> str:
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(UNIT)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return str(re.findall(r"exposure level for precis.service: ([\d.]+)", done.stdout)[0])


def calls_in(group: str) -> set[str]:
    """The system calls of a group and of its subgroups."""
    done = subprocess.run(
        ["systemd-analyze", "syscall-filter", group], capture_output=True, text=True, check=True
    )
    names = [line.strip() for line in done.stdout.splitlines()[1:] if line.strip() and "#" not in line]
    return {call for name in names for call in (calls_in(name) if name.startswith("@") else {name})}


def allowed() -> set[str]:
    """The system calls that the unit allows: its lines in order (systemd.exec(5)), and always @default."""
    calls = calls_in("@default")
    for line in re.findall(r"^SystemCallFilter=(.*)$", UNIT.read_text(encoding="utf-8"), re.MULTILINE):
        names = line.removeprefix("~").split()
        named = {call for name in names for call in (calls_in(name) if name.startswith("@") else {name})}
        calls = calls - named if line.startswith("~") else calls | named
    return calls


def confine() -> None:
    """Apply the unit's restrictions to this process."""
    names = allowed()
    seccomp, libc = ctypes.CDLL("libseccomp.so.2"), ctypes.CDLL(None)
    seccomp.seccomp_init.restype = ctypes.c_void_p
    seccomp.seccomp_rule_add.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint]
    seccomp.seccomp_load.argtypes = [ctypes.c_void_p]
    context = seccomp.seccomp_init(EPERM_ACTION)
    for name in names:
        number = seccomp.seccomp_syscall_resolve_name(name.encode())
        if number != -1:
            seccomp.seccomp_rule_add(context, ALLOW_ACTION, number, 0)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(PR_SET_MDWE, 1, 0, 0, 0):
        raise SystemExit("this kernel has no PR_SET_MDWE (Linux 6.3)")
    if seccomp.seccomp_load(context):
        raise SystemExit("the filter cannot be loaded")
    try:
        os.chroot("/")
    except PermissionError:
        return
    raise SystemExit("the filter has no effect")


class NotifySocket:
    """Receives the daemon's notifications to systemd."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.messages: list[str] = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.settimeout(0.2)

    def receive(self) -> bool:
        """Receive one message. Returns whether there was one."""
        try:
            self.messages.append(self._socket.recv(4096).decode().replace("\n", " "))
        except TimeoutError:
            return False
        return True


def run_daemon(folder: Path) -> tuple[int, int, NotifySocket]:
    """Number of replies, exit code, and the received notifications."""
    with SandboxEnvironment(folder) as environment:
        for url in environment.article_urls()[:POSTS]:
            environment.lemmy.state.add_post(environment.communities[0], environment.alice, "A post", url)
        notifications = NotifySocket(folder / "notify")
        os.environ |= {"NOTIFY_SOCKET": str(notifications.path), "WATCHDOG_USEC": "2000000"}
        daemon = environment.start_daemon(module=("benchmarks.systemd_unit", "confined"))
        started = time.monotonic()
        while (
            len(environment.lemmy.state.all_comments()) < POSTS
            and time.monotonic() - started < TIMEOUT_SECONDS
        ):
            if daemon.poll() is not None:
                raise SystemExit(environment.log_path.read_text()[-2000:])
            notifications.receive()
        code = stop_daemon(daemon)
        while notifications.receive():
            pass
        return len(environment.lemmy.state.all_comments()), code, notifications


def main() -> None:
    if sys.argv[1:2] == ["confined"]:
        confine()
        sys.argv = ["bot.sandbox.daemon_process", *sys.argv[2:]]
        runpy.run_module("bot.sandbox.daemon_process", run_name="__main__", alter_sys=True)
        return
    if "--unprivileged" not in sys.argv:
        drop = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"]
        sys.exit(
            subprocess.run(
                [*drop, sys.executable, "-m", "benchmarks.systemd_unit", "--unprivileged"], check=False
            ).returncode
        )
    with tempfile.TemporaryDirectory() as scratch:
        replies, code, notifications = run_daemon(Path(scratch))
    table = Table("measure", "value", title="deploy/precis.service")
    table.add_row("systemd-analyze security (lower is better)", score())
    table.add_row("system calls allowed", str(len(allowed())))
    table.add_row(f"replies under the restrictions, of {POSTS}", str(replies))
    table.add_row("first notification", notifications.messages[0])
    table.add_row("WATCHDOG=1", f"{notifications.messages.count('WATCHDOG=1')} times")
    table.add_row("last notification, exit code", f"{notifications.messages[-1]}, {code}")
    Console().print(table)


if __name__ == "__main__":
    main()
