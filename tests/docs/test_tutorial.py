"""Runs every command of the tutorial, in order, until the first reply is posted."""

from __future__ import annotations

import os
import random
import re
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest

ROOT = Path(__file__).parents[2]
TUTORIAL = (ROOT / "docs/tutorial/first-bot.md").read_text(encoding="utf-8")
TIMEOUT = 60.0


def commands() -> list[str]:
    return [line.strip() for line in re.findall(r"^ {4}(.*)$", TUTORIAL, re.MULTILINE)]


def two_free_ports() -> int:
    """The first of two adjacent free ports, below the range of outgoing connections."""
    for port in random.sample(range(20_000, 32_000, 2), 100):
        with (
            suppress(OSError),
            socket.create_server(("127.0.0.1", port)),
            socket.create_server(("127.0.0.1", port + 1)),
        ):
            return port
    raise AssertionError("no two free ports")


class Tutorial:
    """Runs the commands of the tutorial with free ports."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self._programs = f"{shlex.quote(sys.executable)} -m bot"
        self._environ = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200", "NO_COLOR": "1"}

    def _line(self, command: str) -> str:
        return command.replace(".venv/bin/precis", self._programs).replace("8536", str(self.port))

    def run(self, command: str) -> str:
        done = subprocess.run(
            ["bash", "-c", self._line(command)],
            cwd=self.folder,
            env=self._environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        return done.stdout

    def start(self, command: str, log: str) -> subprocess.Popen[bytes]:
        with (self.folder / log).open("wb") as out:
            return subprocess.Popen(
                ["bash", "-c", f"exec {self._line(command)}"],
                cwd=self.folder,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )

    def wait_for(self, log: str, words: str) -> None:
        began = time.monotonic()
        while words not in (text := (self.folder / log).read_text(encoding="utf-8")):
            assert time.monotonic() - began < TIMEOUT, text
            time.sleep(0.1)


@pytest.fixture
def tutorial(tmp_path: Path) -> Iterator[Tutorial]:
    started: list[subprocess.Popen[bytes]] = []
    made = Tutorial(tmp_path, two_free_ports())
    before = made.start

    def start(command: str, log: str) -> subprocess.Popen[bytes]:
        started.append(before(command, log))
        return started[-1]

    made.start = start  # type: ignore[method-assign]
    yield made
    for process in reversed(started):
        process.terminate()
        process.wait(40)


def test_the_tutorial_ends_in_a_first_reply(tutorial: Tutorial) -> None:
    lines = iter(commands())
    assert [next(lines) for _ in range(3)][-1] == "make install"  # git, cd and make are not run here
    sandbox = next(lines)
    tutorial.start(f"{sandbox} --port {tutorial.port}", "sandbox.log")
    tutorial.wait_for("sandbox.log", "Somebody has posted a link.")
    password, init = next(lines), next(lines)
    tutorial.run(password)
    tutorial.run(init)
    assert "All checks passed" in tutorial.run(next(lines))
    assert "would reply under" in tutorial.run(next(lines))
    bot = tutorial.start(next(lines), "bot.operations.log")
    said = re.search(r"the log says `(.+?)`", TUTORIAL)
    assert said is not None
    tutorial.wait_for("bot.operations.log", f'"event": "{said[1]}"')
    assert "Last reply: " in tutorial.run(next(lines))
    assert "Replied at " in tutorial.run(next(lines))
    url = f"http://127.0.0.1:{tutorial.port}/api/v3/comment/list?post_id=1"
    comments = httpx2.get(url, trust_env=False).json()["comments"]
    assert len(comments) == 1
    assert "open source" in comments[0]["comment"]["content"]
    bot.terminate()
    bot.wait(40)
    for command in (next(lines), next(lines)):
        tutorial.run(command)
    assert next(lines) == init.split(" --")[0]  # asks for the answers
    tutorial.run(init)
    assert "All checks passed" in tutorial.run(next(lines))
    tutorial.run(next(lines))
    tutorial.start(next(lines), "second.log")
    tutorial.wait_for("second.log", '"event": "running"')
    assert list(lines) == []
