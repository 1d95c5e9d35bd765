"""`python -m tests.preloaded.server SOCKET` starts programs for `PreloadedProcess`, until its input ends.

A request has the standard streams, the arguments, the folder and the environment of a program. The answer is
the process ID, and at the end of the program its wait status. A request without a program is answered with
the address of the fork server and the pipe that keeps it running.
"""

from __future__ import annotations

import gc
import json
import os
import selectors
import signal
import socket
import sys
from contextlib import suppress
from typing import Any, NoReturn

from tests.preloaded.programs import fork_server, import_programs, run_program


def serve(path: str) -> None:
    """Start programs until standard input ends. Programs that a test has left behind are killed then."""
    ends_of_children, write_end = socket.socketpair()
    for end in (ends_of_children, write_end):
        end.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(write_end.fileno(), warn_on_full_buffer=False)
    running: dict[int, socket.socket] = {}
    with socket.socket(socket.AF_UNIX) as server, selectors.DefaultSelector() as selector:
        server.bind(path)
        server.listen(64)
        for source in (server, ends_of_children, sys.stdin.buffer):
            selector.register(source, selectors.EVENT_READ)
        os.write(1, b"ready\n")
        imported = False
        while True:
            ready = {key.fileobj for key, _ in selector.select()}
            if server in ready:
                if not imported:
                    import_programs()
                    gc.freeze()
                    imported = True
                connection, _ = server.accept()
                pid = _answer(connection, [server, ends_of_children, write_end, *running.values()])
                if pid:
                    running[pid] = connection
            if ends_of_children in ready:
                ends_of_children.recv(1_000)
                _report_ends(running)
            if sys.stdin.buffer in ready:
                for left in running:
                    os.kill(left, signal.SIGKILL)
                return


def _report_ends(running: dict[int, socket.socket]) -> None:
    """Send the wait status of each program that has ended."""
    with suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            connection = running.pop(pid, None)
            if connection is not None:
                with connection, suppress(OSError):  # the test has ended
                    connection.sendall(status.to_bytes(4, "big"))


def _answer(connection: socket.socket, others: list[socket.socket]) -> int | None:
    """Start a program and send its process ID, which is returned; or send the address of the fork server."""
    length, streams, _, _ = socket.recv_fds(connection, 4, 3)
    message = connection.recv(int.from_bytes(length, "big"), socket.MSG_WAITALL)
    program = json.loads(message)
    if program is None:
        address, alive = fork_server()
        with connection:
            socket.send_fds(connection, [address.encode()], [alive])
        return None
    pid = os.fork()
    if not pid:
        _run(program, streams, [connection, *others])
    for stream in streams:
        os.close(stream)
    connection.sendall(pid.to_bytes(4, "big"))
    return pid


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
    serve(sys.argv[1])
