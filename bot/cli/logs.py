"""`precis logs`: shows the log of the running daemon, or says where it is.

The daemon writes its log to standard error, and whatever started it decides where that goes.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import NoReturn

from bot.config import load
from bot.core.errors import UserError
from bot.store.daemon_process import find_daemon

_UNIT = re.compile(r"/([^/\n]+\.service)$", re.MULTILINE)
_USER_UNIT = re.compile(r"/user@\d+\.service/")
DEFAULT_UNIT = "precis.service"
_DEVICES = ("/dev/pts/", "/dev/tty", "/dev/console", "/dev/null")
_DELETED = " (deleted)"
"""What Linux adds to the path of a deleted file (proc(5))."""


def show_logs(config: Path, lines: int, *, follow: bool) -> None:
    """Replace this process by `journalctl` or `tail`. Raises `UserError` if the log is elsewhere."""
    settings = load(config, os.environ).bot
    database = settings.database
    daemon = find_daemon(settings.state_files)
    if daemon is not None:
        _execute(log_command(daemon.log, _cgroup(daemon.pid), lines, follow=follow))
    if shutil.which("journalctl") and _is_installed(DEFAULT_UNIT):
        _execute(_journal(DEFAULT_UNIT, lines, follow=follow, user=False))
    raise UserError(
        f"No daemon is running on {database}, so there is no log to show.",
        "Start it with: precis run. It writes its log to standard error: precis run 2>> precis.log",
    )


def log_command(target: str, cgroup: str, lines: int, *, follow: bool) -> list[str]:
    """The command that shows a log.

    `target` is where the daemon's standard error goes, and `cgroup` has its control groups, both as in /proc.
    Raises `UserError` if no command can show it.
    """
    unit = _UNIT.search(cgroup)
    if target.startswith("socket:") and unit:
        return _journal(unit[1], lines, follow=follow, user=bool(_USER_UNIT.search(cgroup)))
    if target.endswith(_DELETED):
        raise UserError(
            f"The daemon writes its log to {target.removesuffix(_DELETED)}, which somebody has deleted.",
            "Start the daemon again.",
        )
    if target.startswith("/") and not target.startswith(_DEVICES):
        return ["tail", "-n", str(lines), *(["-F"] if follow else []), "--", target]
    if target.startswith(("/dev/pts/", "/dev/tty", "/dev/console")):
        raise UserError(
            f"The daemon writes its log to the terminal {target}.",
            "Look there, or start it with: precis run 2>> precis.log",
        )
    if target == "/dev/null":
        raise UserError("The daemon's log goes to /dev/null.", "Start it with: precis run 2>> precis.log")
    raise UserError(
        "The daemon's log goes to the program that started it.",
        "In a container: docker logs CONTAINER. Otherwise look in the log of that program.",
    )


def _journal(unit: str, lines: int, *, follow: bool, user: bool) -> list[str]:
    options = ["--user"] * user + ["--follow"] * follow
    return ["journalctl", *options, "--lines", str(lines), "--output", "cat", "--unit", unit]


def _cgroup(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cgroup").read_text(encoding="utf-8")
    except OSError:
        return ""


def _is_installed(unit: str) -> bool:
    return any(
        (Path(folder) / unit).exists()
        for folder in ("/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system")
    )


def _execute(command: list[str]) -> NoReturn:
    program = shutil.which(command[0])
    if program is None:
        raise UserError(
            f"The program {command[0]} is not installed.", f"The log is shown by: {' '.join(command)}"
        )
    os.execv(program, command)  # noqa: S606 (no shell, and its arguments are ours)
