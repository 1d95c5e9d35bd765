"""What a service manager hears, through a real datagram socket, from the notifier and from a daemon."""

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


class Manager:
    """Listens as systemd does: at all times, for a full socket takes in no more."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(f"\0{address[1:]}" if address.startswith("@") else address)
        self._heard: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._ear = threading.Thread(target=self._listen, daemon=True)
        self._ear.start()

    def hear(self) -> dict[str, str]:
        lines = self._heard.get(timeout=60).decode().splitlines()
        return dict(line.split("=", 1) for line in lines)

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._ear.join()
        self._socket.close()

    def _listen(self) -> None:
        while message := self._socket.recv(4096):
            self._heard.put(message)


@pytest.fixture
def manager() -> Iterator[Manager]:
    with tempfile.TemporaryDirectory(prefix="n") as folder:  # a socket's path has at most 108 characters
        made = Manager(f"{folder}/notify")
        yield made
        made.close()


def environ(manager: Manager, **more: str) -> dict[str, str]:
    return {"NOTIFY_SOCKET": manager.address, **more}


def test_each_word_as_the_manual_has_it(manager: Manager) -> None:
    notifier = Notifier.from_environ(environ(manager))
    notifier.ready("2 accounts,\n5 sources")
    assert manager.hear() == {"READY": "1", "STATUS": "2 accounts, 5 sources"}
    notifier.alive()
    assert manager.hear() == {"WATCHDOG": "1"}
    before = time.monotonic_ns() // 1000
    notifier.reloading()
    heard = manager.hear()
    assert heard["RELOADING"] == "1"
    assert before <= int(heard["MONOTONIC_USEC"]) <= time.monotonic_ns() // 1000
    notifier.stopping()
    assert manager.hear()["STOPPING"] == "1"


def test_a_trouble_is_told_and_is_no_sign_of_life(manager: Manager) -> None:
    Notifier.from_environ(environ(manager)).unhealthy("The job hangs.")
    assert manager.hear() == {"STATUS": "The job hangs."}


def test_an_abstract_socket_is_found() -> None:
    manager = Manager(f"@precis-test-{os.getpid()}-{time.monotonic_ns()}")
    Notifier.from_environ(environ(manager)).alive()
    assert manager.hear() == {"WATCHDOG": "1"}
    manager.close()


def test_without_a_manager_nothing_is_said_and_a_deaf_one_does_no_harm(tmp_path: Path) -> None:
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
def test_signs_of_life_come_twice_in_the_managers_patience(
    manager: Manager, more: dict[str, str], every: float | None
) -> None:
    assert Notifier.from_environ(environ(manager, **more)).watchdog_interval == every


def test_a_stuck_job_ends_the_signs_of_life(manager: Manager, clock: Clock) -> None:
    ticks = SimpleNamespace(now=0.0)
    health = Health(clock, lambda: ticks.now)
    health.register("work", timedelta(seconds=1), timedelta(seconds=10))
    app = SimpleNamespace(health=health, platforms=(), config=SimpleNamespace(sources=lambda: ()))
    with notify_service_manager(app, Notifier(manager.address, watchdog_timeout=0.02)):  # type: ignore[arg-type]
        assert manager.hear()["READY"] == "1"
        assert manager.hear() == {"WATCHDOG": "1"}
        health.started("work")
        ticks.now = 1000.0
        heard = [manager.hear() for _ in range(20)]
    assert heard[-1] == {"STATUS": "The job “work” has been running for 17 minutes."}


def test_a_daemon_says_when_it_is_ready_alive_reloaded_and_ending(tmp_path: Path, manager: Manager) -> None:
    with SandboxEnvironment(tmp_path / "daemon") as stage, pytest.MonkeyPatch.context() as patched:
        for name, value in environ(manager, WATCHDOG_USEC="100000").items():
            patched.setenv(name, value)
        daemon: subprocess.Popen[bytes] = stage.start_daemon()
        try:
            assert manager.hear() == {"READY": "1", "STATUS": "accounts: 1, sources: 1"}
            assert manager.hear() == {"WATCHDOG": "1"}
        finally:
            assert stop_daemon(daemon) == 0
        heard = manager.hear()
        while "STOPPING" not in heard:
            assert heard == {"WATCHDOG": "1"}
            heard = manager.hear()
