"""How to call this program again, for messages with commands that people paste."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path

NAME = "precis"


def program_name(called: str | None = None) -> str:
    """`precis` if the shell finds this program by that name, else the path by which it was called.

    `called` is that path; by default that of this process. It is quoted for a shell.
    """
    path = sys.argv[0] if called is None else called
    if Path(path).name != NAME:  # `python -m bot`, a test
        return NAME
    found = shutil.which(NAME)
    return NAME if found and os.path.realpath(found) == os.path.realpath(path) else shlex.quote(path)
