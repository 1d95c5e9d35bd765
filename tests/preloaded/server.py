"""`python -m tests.preloaded.server SOCKET` starts programs for the tests, until its input ends.

A request is one of these:

- A program: its standard streams, arguments, folder and environment. The answer is the process ID, and at the
  end of the program its wait status.
- `null`. The answer is the address of the fork server, and the pipe that keeps it running.
"""

from __future__ import annotations

import gc
import json
import os
import selectors
import shutil
import signal
import socket
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from tests.preloaded.programs import fork_server, import_programs, run_program


class Server:
    """Answers one request after the other."""

    def __init__(self, path: str) -> None:
        self._folder = Path(path).parent
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(path)
        self._listener.listen(64)
        self._ends_of_children, self._signals = socket.socketpair()
        self._ends_of_children.setblocking(False)
        self._signals.setblocking(False)
        self._running: dict[int, socket.socket] = {}

    def serve(self) -> None:
        """Answer until standard input ends. Programs that a test has left behind are killed then."""
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._signals.fileno(), warn_on_full_buffer=False)
        with selectors.DefaultSelector() as selector:
            for source in (self._listener, self._ends_of_children, sys.stdin.buffer):
                selector.register(source, selectors.EVENT_READ)
            os.write(1, b"ready\n")
            while True:
                ready = {key.fileobj for key, _ in selector.select()}
                if self._listener in ready:
                    self._answer(self._listener.accept()[0])
                if self._ends_of_children in ready:
                    self._report_ends()
                if sys.stdin.buffer in ready:
                    break
        for pid in self._running:
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self._folder)

    def _answer(self, connection: socket.socket) -> None:
        length, streams, _, _ = socket.recv_fds(connection, 4, 3)
        request = json.loads(connection.recv(int.from_bytes(length, "big"), socket.MSG_WAITALL))
        if request is None:
            _import_programs()
            address, alive = fork_server()
            with connection:
                socket.send_fds(connection, [address.encode()], [alive])
        else:
            _import_programs()
            pid = self._start(connection, request, streams)
            self._running[pid] = connection
            connection.sendall(pid.to_bytes(4, "big"))

    def _start(self, connection: socket.socket, program: dict[str, Any], streams: list[int]) -> int:
        pid = os.fork()
        if not pid:
            own = (self._listener, self._ends_of_children, self._signals, *self._running.values())
            _run(program, streams, [connection, *own])
        for stream in streams:
            os.close(stream)
        return pid

    def _report_ends(self) -> None:
        """Send the wait status of each program that has ended."""
        self._ends_of_children.recv(1_000)
        with suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if not pid:
                    return
                connection = self._running.pop(pid, None)
                if connection is not None:
                    with connection, suppress(OSError):  # the test has ended
                        connection.sendall(status.to_bytes(4, "big"))


@cache
def _import_programs() -> None:
    import_programs()
    gc.freeze()


def _run(program: dict[str, Any], streams: list[int], sockets: list[socket.socket]) -> NoReturn:
    """Become the program."""
    code = 70
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for each in sockets:
            each.close()
        if program["session"]:
            os.setsid()
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        os.chdir(program["folder"])
        os.environ.clear()
        os.environ.update(program["environ"])
        code = run_program(*program["arguments"])
    finally:
        os._exit(code)


if __name__ == "__main__":
    Server(sys.argv[1]).serve()
