"""Notifications from the notifier and from a daemon, received on a real datagram socket."""

from __future__ import annotations

import os
import queue
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.daemon.lifecycle import notify_service_manager
from bot.operations.health import Health
from bot.operations.systemd import Notifier
from bot.sandbox.environment import SandboxEnvironment, stop_daemon
from tests.conftest import Clock
from tests.quick_daemon import QUICK_DAEMON


class FakeServiceManager:
    """Receives in a thread, like systemd, so that the socket never fills up."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(f"\0{address[1:]}" if address.startswith("@") else address)
        self._received: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def receive(self) -> dict[str, str]:
        lines = self._received.get(timeout=60).decode().splitlines()
        return dict(line.split("=", 1) for line in lines)

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._socket.close()

    def _listen(self) -> None:
        while message := self._socket.recv(4096):
            self._received.put(message)


@pytest.fixture
def manager() -> Iterator[FakeServiceManager]:
    with tempfile.TemporaryDirectory(prefix="n") as folder:  # a socket's path has at most 108 characters
        fake = FakeServiceManager(f"{folder}/notify")
        yield fake
        fake.close()


def environ(manager: FakeServiceManager, **more: str) -> dict[str, str]:
    return {"NOTIFY_SOCKET": manager.address, **more}


def test_notifications_follow_the_manual(manager: FakeServiceManager) -> None:
    notifier = Notifier.from_environ(environ(manager))
    notifier.ready("2 accounts,\n5 sources")
    assert manager.receive() == {"READY": "1", "STATUS": "2 accounts, 5 sources"}
    notifier.alive()
    assert manager.receive() == {"WATCHDOG": "1"}
    before = time.monotonic_ns() // 1000
    notifier.reloading()
    received = manager.receive()
    assert received["RELOADING"] == "1"
    assert before <= int(received["MONOTONIC_USEC"]) <= time.monotonic_ns() // 1000
    notifier.stopping()
    assert manager.receive()["STOPPING"] == "1"


def test_a_problem_is_sent_without_a_watchdog_notification(manager: FakeServiceManager) -> None:
    Notifier.from_environ(environ(manager)).unhealthy("The job hangs.")
    assert manager.receive() == {"STATUS": "The job hangs."}


def test_an_abstract_socket_works() -> None:
    manager = FakeServiceManager(f"@precis-test-{os.getpid()}-{time.monotonic_ns()}")
    Notifier.from_environ(environ(manager)).alive()
    assert manager.receive() == {"WATCHDOG": "1"}
    manager.close()


def test_nothing_is_sent_without_a_manager_and_errors_are_ignored(tmp_path: Path) -> None:
    assert Notifier.from_environ({}).watchdog_interval is None
    Notifier.from_environ({}).ready()
    Notifier.from_environ({"NOTIFY_SOCKET": str(tmp_path / "gone")}).ready()


@pytest.mark.parametrize(
    ("more", "every"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "120000000"}, 60.0),
        ({"WATCHDOG_USEC": "120000000", "WATCHDOG_PID": str(os.getpid())}, 60.0),
        ({"WATCHDOG_USEC": "120000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
    ],
)
def test_watchdog_notifications_are_sent_twice_per_timeout(
    manager: FakeServiceManager, more: dict[str, str], every: float | None
) -> None:
    assert Notifier.from_environ(environ(manager, **more)).watchdog_interval == every


def test_a_stuck_job_ends_the_watchdog_notifications(manager: FakeServiceManager, clock: Clock) -> None:
    ticks = SimpleNamespace(now=0.0)
    health = Health(clock, lambda: ticks.now)
    health.register("process", timedelta(seconds=1), timedelta(seconds=10))
    app = SimpleNamespace(health=health, config=SimpleNamespace(accounts=lambda: (), sources=lambda: ()))
    with notify_service_manager(app, Notifier(manager.address, watchdog_timeout=0.02)):  # type: ignore[arg-type]
        assert manager.receive()["READY"] == "1"
        assert manager.receive() == {"WATCHDOG": "1"}
        health.started("process")
        ticks.now = 1000.0
        received = [manager.receive() for _ in range(20)]
    assert received[-1] == {"STATUS": "The job “process” has been running for 17 minutes."}


def test_a_daemon_notifies_ready_alive_and_stopping(tmp_path: Path, manager: FakeServiceManager) -> None:
    with SandboxEnvironment(tmp_path / "daemon") as stage, pytest.MonkeyPatch.context() as patched:
        for name, value in environ(manager, WATCHDOG_USEC="100000").items():
            patched.setenv(name, value)
        daemon: subprocess.Popen[bytes] = stage.start_daemon(module=QUICK_DAEMON)
        try:
            assert manager.receive() == {"READY": "1", "STATUS": "accounts: 1, sources: 1"}
            assert manager.receive() == {"WATCHDOG": "1"}
        finally:
            assert stop_daemon(daemon) == 0
        received = manager.receive()
        while "STOPPING" not in received:
            assert received == {"WATCHDOG": "1"}
            received = manager.receive()
