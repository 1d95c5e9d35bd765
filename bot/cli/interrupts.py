"""Ctrl-C in a command that loads modules when it needs them.

Python ignores an exception in its own callbacks at the end of an import, and libraries catch exceptions while
they are loaded. So a `KeyboardInterrupt` in an import can be lost. Here it is raised after the import.
"""

from __future__ import annotations

import signal
from types import FrameType

_RETRY = 0.05
"""Seconds until the next look whether the import is over."""
_IMPORT = "<frozen importlib."


def raise_after_imports() -> None:
    """Let SIGINT raise `KeyboardInterrupt`, but not within an import."""
    signal.signal(signal.SIGINT, _interrupt)


def _interrupt(signum: int, frame: FrameType | None) -> None:
    del signum
    while frame is not None:
        if frame.f_code.co_filename.startswith(_IMPORT):
            signal.signal(signal.SIGALRM, _interrupt)
            signal.setitimer(signal.ITIMER_REAL, _RETRY)
            return
        frame = frame.f_back
    raise KeyboardInterrupt
