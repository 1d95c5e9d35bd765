"""When Python looks for reference cycles (the module gc of the standard library).

By default it does so after every 700 new objects. A start creates hundreds of thousands that all stay, so the
search takes a tenth of its time and finds nothing.
"""

from __future__ import annotations

import atexit
import gc

NEW_OBJECTS = 50_000
"""In a worker, cycles are searched after so many new objects."""
NEW_OBJECTS_OF_COMMAND = 200_000
"""The same in a command. A short one has fewer, and one search takes a twentieth of its time."""
MOST_OBJECTS_OF_START = 1_000_000
"""A daemon has started before it has so many. One search among 50,000 takes a hundredth of its start."""
_USUAL_THRESHOLDS = gc.get_threshold()


def collect_seldom(new_objects: int = NEW_OBJECTS) -> None:
    """For a command, and a worker: a page leaves few cycles, and a worker ends after some pages."""
    gc.set_threshold(new_objects)


def do_not_collect_yet() -> None:
    """For a daemon that starts, until `collect_as_usual`."""
    gc.set_threshold(MOST_OBJECTS_OF_START)


def collect_as_usual() -> None:
    """For a daemon or a server that has started. What exists now, mostly code, is not searched again."""
    gc.freeze()
    gc.set_threshold(*_USUAL_THRESHOLDS)


def do_not_collect_at_exit() -> None:
    """For a program: before it ends, Python searches all objects several times.

    That takes a sixth of the time of a short command, and the system frees the memory anyway.
    """
    atexit.register(gc.freeze)
