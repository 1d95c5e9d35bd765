"""Which daemons and commands of the sandbox are preloaded."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from bot.sandbox.environment import SandboxEnvironment
from tests.preloaded.process import PreloadedProcess


def use_preloaded_daemons() -> None:
    """Let the sandbox start `PreloadedProcess` from now on."""
    SandboxEnvironment.process_type = PreloadedProcess


@contextmanager
def use_real_daemons() -> Iterator[None]:
    """Let the sandbox start processes inside the `with` block as it does for users."""
    SandboxEnvironment.process_type = subprocess.Popen
    yield
    use_preloaded_daemons()
