"""The processor time of a process and all that it started, from /proc."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class ProcessTime:
    """Seconds of processor time."""

    own: float
    """Of the process itself."""
    all: float
    """Of it and its descendants, also of those that ended."""


def process_time(pid: int) -> ProcessTime:
    """The time of a running process and its tree so far."""
    fields = {int(path.name): _fields(path) for path in Path("/proc").iterdir() if path.name.isdecimal()}
    children: dict[int, list[int]] = {}
    for child, values in fields.items():
        if values is not None:
            children.setdefault(int(values[1]), []).append(child)
    total, waiting = 0, [pid]
    while waiting:
        each = waiting.pop()
        values = fields.get(each)
        if values is not None:
            total += sum(map(int, values[11:15]))  # utime, stime, and both of the children that ended
        waiting += children.get(each, [])
    root = fields.get(pid)
    own = 0 if root is None else sum(map(int, root[11:13]))
    return ProcessTime(own / _TICKS, total / _TICKS)


def _fields(folder: Path) -> list[str] | None:
    """What follows the name of the program in `stat` (proc(5)): state, parent and so on."""
    try:
        return (folder / "stat").read_text().rpartition(")")[2].split()
    except OSError:  # it has ended
        return None
