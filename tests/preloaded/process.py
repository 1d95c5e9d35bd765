"""`subprocess.Popen` and `subprocess.run` for programs that the server starts."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from inspect import signature
from pathlib import Path
from typing import Any

from tests.preloaded.server_process import connect

MODULE_OPTION = 2
_PARAMETERS = tuple(signature(subprocess.Popen._execute_child).parameters)  # type: ignore[attr-defined]


class PreloadedProcess(subprocess.Popen[Any]):
    """A process that runs `python -m MODULE ARGUMENTS`. It is a child of the server, not of this process.

    Only the hooks that create the process and read its exit status differ from `Popen`.
    """

    def _execute_child(self, *values: object) -> None:
        given = dict(zip(_PARAMETERS[1:], values, strict=True))
        arguments: Sequence[Any] = given["args"]  # type: ignore[assignment]
        assert list(arguments[:MODULE_OPTION]) == [sys.executable, "-m"], arguments
        environ = given["env"]
        program = {
            "arguments": [str(argument) for argument in arguments[MODULE_OPTION:]],
            "folder": str(given["cwd"] or Path.cwd()),
            "environ": dict(os.environ if environ is None else environ),  # type: ignore[call-overload]
            "session": bool(next(value for name, value in given.items() if "start_new_session" in name)),
        }
        pipes = [given[name] for name in ("p2cread", "c2pwrite", "errwrite")]
        streams = [number if pipe == -1 else pipe for number, pipe in enumerate(pipes)]
        self._server = connect(program, streams)
        self.pid = int.from_bytes(self._server.recv(4, socket.MSG_WAITALL), "big")
        self._child_created = True
        ours_and_theirs = ("p2cread", "p2cwrite", "c2pread", "c2pwrite", "errread", "errwrite")
        self._close_pipe_fds(*(given[name] for name in ours_and_theirs))  # type: ignore[attr-defined]

    def _try_wait(self, wait_flags: int) -> tuple[int, int]:
        """The process's ID and wait status, or (0, 0) while it runs."""
        flags = socket.MSG_DONTWAIT if wait_flags & os.WNOHANG else socket.MSG_WAITALL
        try:
            status = self._server.recv(4, flags)
        except BlockingIOError:
            return 0, 0
        self._server.close()
        assert len(status) == 4, "the server has ended"
        return self.pid, int.from_bytes(status, "big")

    def _internal_poll(self, _deadstate: int | None = None) -> int | None:
        if self.returncode is None and self._waitpid_lock.acquire(blocking=False):  # type: ignore[attr-defined]
            try:
                if self.returncode is None:
                    pid, status = self._try_wait(os.WNOHANG)
                    if pid:
                        self._handle_exitstatus(status)  # type: ignore[attr-defined]
            except OSError:  # the garbage collector has closed the socket
                self.returncode = _deadstate
            finally:
                self._waitpid_lock.release()  # type: ignore[attr-defined]
        return self.returncode


def run_preloaded(
    command: Sequence[str], *, timeout: float, check: bool = False, **options: Any
) -> subprocess.CompletedProcess[str]:
    """Same as `subprocess.run` with the output captured as text."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with PreloadedProcess(command, **pipes, **options) as process:
        try:
            output, errors = process.communicate(timeout=timeout)
        except BaseException:
            process.kill()
            raise
    done = subprocess.CompletedProcess(command, process.returncode, output, errors)
    if check:
        done.check_returncode()
    return done
