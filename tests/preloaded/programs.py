"""What the server imports, and how a fork of it runs a program."""

from __future__ import annotations

import atexit
import io
import multiprocessing
import runpy
import signal
import sys
import threading
import traceback
from multiprocessing import forkserver, resource_tracker

_fork_server_context = multiprocessing.get_context("forkserver")


def import_programs() -> None:
    """Import the daemon and the commands, and start the fork server of all their workers."""
    import bot.cli.check
    import bot.cli.doctor
    import bot.cli.init
    import bot.cli.main_commands
    import bot.cli.run
    import bot.cli.status
    import bot.cli.try_page
    import bot.inbox.services
    import bot.platforms.lemmy
    import bot.platforms.piefed
    import bot.platforms.reddit
    import bot.sandbox.daemon_process
    import bot.sandbox.fast_tuning  # noqa: F401 (the program imports it again, which takes no time)
    from bot.workers import worker_process

    worker_process._fork_server()
    resource_tracker.ensure_running()
    worker_process._start_fork_server(None)


def fork_server() -> tuple[str, int]:
    """The address of the fork server, and the end of the pipe that keeps it running."""
    started = forkserver._forkserver  # type: ignore[attr-defined]
    return started._forkserver_address, started._forkserver_alive_fd


def run_program(module: str, *arguments: str) -> int:
    """Run the module as `python -m` does, in a fork of the server. Returns the exit code."""
    _use_fork_server_of_parent()
    _open_streams()
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = [module, *arguments]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as end:
        code = _exit_code(end)
    except BaseException:  # noqa: BLE001 (as Python does)
        traceback.print_exc()
        code = 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def _use_fork_server_of_parent() -> None:
    """Let this process start its workers from the fork server of its parent, which has loaded them.

    `ensure_running` would wait for the fork server, which only its parent can do. A command with one worker
    would start a new Python for it.
    """
    started = forkserver._forkserver  # type: ignore[attr-defined]
    started.ensure_running = forkserver.ensure_running = lambda: None
    multiprocessing.get_context = lambda method=None: _fork_server_context  # type: ignore[assignment]


def _open_streams() -> None:
    """Open the standard streams as Python does when it starts."""
    sys.stdin = sys.__stdin__ = open(0, closefd=False)  # type: ignore[misc, assignment]  # noqa: SIM115
    for name, number in (("stdout", 1), ("stderr", 2)):
        raw = io.BufferedWriter(io.FileIO(number, "w", closefd=False))
        lines = number == 2 or raw.isatty()
        errors = "backslashreplace" if number == 2 else "strict"
        stream = io.TextIOWrapper(raw, "utf-8", errors, line_buffering=lines)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _exit_code(end: SystemExit) -> int:
    if end.code is None or isinstance(end.code, int):
        return (end.code or 0) & 0xFF
    print(end.code, file=sys.stderr)  # noqa: T201 (as Python does)
    return 1
