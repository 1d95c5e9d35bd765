"""Runs every command of the tutorial, in order, and does in the sandbox's pages what it says."""

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

from tests.docs.tutorial_reader import TIMEOUT, Reader, open_reader
from tests.preloaded import PreloadedProcess, write_command

ROOT = Path(__file__).parents[2]
TUTORIAL = (ROOT / "docs/tutorial/first-bot.md").read_text(encoding="utf-8")
FOOTER = "The original article contains"


def commands() -> list[str]:
    return [line.strip() for line in re.findall(r"^ {4}(.*)$", TUTORIAL, re.MULTILINE)]


def in_the_text(pattern: str) -> list[str]:
    """What the sentences of the tutorial name, in the order of the page."""
    return re.findall(f"[`<]({pattern})[`>]", TUTORIAL)


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
        write_command(folder / "precis", "bot")
        self._environ = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200", "NO_COLOR": "1"}

    def with_ports(self, text: str) -> str:
        return text.replace("8536", str(self.port)).replace("8537", str(self.port + 1))

    def run(self, command: str) -> str:
        done = subprocess.run(
            ["bash", "-c", self.with_ports(command.replace(".venv/bin/precis", "./precis"))],
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
        name, *arguments = shlex.split(self.with_ports(command))
        assert name == ".venv/bin/precis"
        with (self.folder / log).open("wb") as out:
            return PreloadedProcess(
                [sys.executable, "-m", "bot", *arguments],
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

    def comments(self, post: int) -> list[str]:
        """The texts of the comments below a post, over the API."""
        url = f"http://127.0.0.1:{self.port}/api/v3/comment/list?post_id={post}"
        views = httpx2.get(url, trust_env=False).json()["comments"]
        return [view["comment"]["content"] for view in views]


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


def test_the_tutorial_ends_in_replies_and_changed_settings(tutorial: Tutorial) -> None:
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
    home, first_post = (tutorial.with_ports(url) for url in in_the_text(r"http://127\.0\.0\.1:8536/\S*"))
    assert home in (tutorial.folder / "sandbox.log").read_text(encoding="utf-8")
    with open_reader(home.rstrip("/")) as reader:
        use_the_pages(reader, tutorial, first_post.removeprefix(home.rstrip("/")))
    assert "Last reply: " in tutorial.run(next(lines))
    assert "Replied at " in tutorial.run(next(lines))
    (reply,) = tutorial.comments(1)
    assert "open source" in reply
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


def use_the_pages(reader: Reader, tutorial: Tutorial, first_post: str) -> None:
    """Do what the tutorial says about the browser, with its people, links and message."""
    peat, clock = (tutorial.with_ports(url) for url in in_the_text(r"http://127\.0\.0\.1:8537/\S+"))
    (message,) = in_the_text(r"set !home [^`]+")
    poster, moderator = dict.fromkeys(re.findall(r"choose `(\w+)`", TUTORIAL, re.IGNORECASE))
    reader.open(first_post)
    reader.wait_for(FOOTER)
    reader.act_as(poster)
    reader.add_post("Peat", peat)
    reader.wait_for(FOOTER)
    assert "\n- " not in tutorial.comments(2)[0]
    reader.act_as(moderator)
    reader.send_message(message)
    reader.wait_for("layout: paragraphs → bullets")
    reader.act_as(poster)
    reader.add_post("Clock", clock)
    reader.wait_for(FOOTER)
    assert "\n- " in tutorial.comments(3)[0]
