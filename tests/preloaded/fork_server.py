"""One fork server for the worker pools of all tests: that of the server, which has loaded what workers need.

multiprocessing would start one in each test worker, and load everything again.
"""

from __future__ import annotations

import multiprocessing
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import forkserver, resource_tracker
from typing import Any
from unittest import mock

from tests.preloaded.server_process import connect

_server: Any = forkserver._forkserver  # type: ignore[attr-defined]
_ensure_running = forkserver.ensure_running


def share_fork_server() -> None:
    """Let the worker pools of this process use the fork server of the server from now on."""
    forkserver.ensure_running = _connect
    _server.ensure_running = _connect


@contextmanager
def own_fork_server() -> Iterator[None]:
    """Let this process start a fork server inside the `with` block, as the daemon does."""
    shared = _server._forkserver_address, _server._forkserver_alive_fd
    _server._forkserver_address = _server._forkserver_alive_fd = None
    forkserver.ensure_running = _ensure_running
    del _server.ensure_running
    try:
        yield
    finally:
        _server._stop()
        _server._forkserver_address, _server._forkserver_alive_fd = shared
        share_fork_server()


@contextmanager
def fork_server_for_single_workers() -> Iterator[None]:
    """Let commands fork their only worker, which otherwise starts as a new Python and takes two seconds."""
    context = multiprocessing.get_context("forkserver")
    with mock.patch.object(multiprocessing, "get_context", return_value=context):
        yield


def _connect() -> None:
    with _server._lock:
        resource_tracker.ensure_running()
        if _server._forkserver_address is None:
            with connect(None) as connection:
                address, (alive,), _, _ = socket.recv_fds(connection, 1_000, 1)
            _server._forkserver_alive_fd = alive
            _server._forkserver_address = address.decode()
