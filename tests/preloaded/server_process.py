"""Starts, stops and asks the server, which serves all test workers of one run."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from multiprocessing import forkserver, resource_tracker
from pathlib import Path

SOCKET_VARIABLE = "PRELOADED_PROGRAMS_SOCKET"
"""Test workers inherit it from the process that starts them."""
ROOT = Path(__file__).parents[2]


def start_server() -> subprocess.Popen[bytes]:
    """Start the server. It imports nothing until the first program is started."""
    folder = tempfile.mkdtemp(prefix="precis-programs-")
    os.environ[SOCKET_VARIABLE] = f"{folder}/socket"
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.preloaded.server", os.environ[SOCKET_VARIABLE]],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C ends the programs through their tests
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    return process


def stop_server(process: subprocess.Popen[bytes]) -> None:
    """Stop the server. It also ends when this process does, because its standard input is closed then."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    process.wait(60)
    process.stdout.close()
    shutil.rmtree(Path(os.environ.pop(SOCKET_VARIABLE)).parent)


def connect(request: object, descriptors: Sequence[int] = ()) -> socket.socket:
    """Send a request to the server. Returns the connection, on which the server answers."""
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(os.environ[SOCKET_VARIABLE])
    message = json.dumps(request).encode()
    socket.send_fds(connection, [len(message).to_bytes(4, "big")], descriptors)
    connection.sendall(message)
    return connection


def share_fork_server() -> None:
    """Let the worker pools of this process use the server's fork server, which has loaded what workers need.

    `ensure_running` of multiprocessing would start one, and load everything again.
    """
    forkserver.ForkServer.ensure_running = _use_fork_server  # type: ignore[method-assign]


def _use_fork_server(fork_server: forkserver.ForkServer) -> None:
    with fork_server._lock:  # type: ignore[attr-defined]
        resource_tracker.ensure_running()
        if fork_server._forkserver_address is None:  # type: ignore[attr-defined]
            with connect(None) as connection:
                address, (alive,), _, _ = socket.recv_fds(connection, 1_000, 1)
            fork_server._forkserver_alive_fd = alive  # type: ignore[attr-defined]
            fork_server._forkserver_address = address.decode()  # type: ignore[attr-defined]
