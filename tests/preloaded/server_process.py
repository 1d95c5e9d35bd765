"""Starts, stops and asks the server, which serves all test workers of one run."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
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
    """Stop the server. It also ends when this process is killed, because its input ends then."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    process.wait(60)
    process.stdout.close()
    del os.environ[SOCKET_VARIABLE]


def connect(request: object, descriptors: Sequence[int] = ()) -> socket.socket:
    """Send a request to the server. Returns the connection, on which the server answers."""
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(os.environ[SOCKET_VARIABLE])
    message = json.dumps(request).encode()
    socket.send_fds(connection, [len(message).to_bytes(4, "big")], descriptors)
    connection.sendall(message)
    return connection
