"""A newcomer's path, from the clone to the first reply: `python -m benchmarks.newcomer_path`.

Types the commands of docs/tutorial/first-bot.md up to the first reply, without a pause, in a new folder and
with an empty home, so that pip has no cache (`--cache` uses this user's cache). The repository is cloned from
this one. A command that runs until it is stopped counts until it prints what the tutorial waits for. Prints
one line for each command, and the sum. Needs only what the tutorial needs.
"""

from __future__ import annotations

import argparse
import os
import re
import socket
import subprocess
import tempfile
import time
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
TUTORIAL = ROOT / "docs/tutorial/first-bot.md"
SANDBOX_PORT = "8536"
WAIT_SECONDS = 1200.0
RUNS_UNTIL = {
    "precis sandbox": "Somebody has posted a link.",
    "precis run --sandbox": '"event": "replied"',
}
"""How a command ends that runs until it is stopped, and what the tutorial waits for."""


@dataclass(frozen=True, slots=True)
class Step:
    """A command of the tutorial and how long it took."""

    command: str
    seconds: float


def commands() -> list[str]:
    """The commands of the tutorial up to the first reply."""
    lines = re.findall(r"^ {4}(\S.*)$", TUTORIAL.read_text(encoding="utf-8"), re.MULTILINE)
    last = next(number for number, line in enumerate(lines) if line.endswith("precis run --sandbox"))
    return lines[: last + 1]


def free_ports() -> int:
    """The first of two adjacent free ports."""
    for port in range(20_000, 32_000, 2):
        try:
            with (
                socket.create_server(("127.0.0.1", port)),
                socket.create_server(("127.0.0.1", port + 1)),
            ):
                return port
        except OSError:
            continue
    raise OSError("no two free ports")


class Newcomer:
    """Types commands in a folder; `cd` changes it."""

    def __init__(self, folder: Path, port: int, environ: dict[str, str], stack: ExitStack) -> None:
        self._folder, self._port, self._environ, self._stack = folder, port, environ, stack

    def step(self, command: str) -> Step:
        """Type one command. Raises CalledProcessError if it fails, TimeoutError if nothing happens."""
        begin = time.monotonic()
        if command.startswith("cd "):
            self._folder /= command.removeprefix("cd ")
        elif (words := next((RUNS_UNTIL[end] for end in RUNS_UNTIL if command.endswith(end)), None)) is None:
            self._run(self._adapted(command))
        else:
            self._start(self._adapted(command), words)
        return Step(command, time.monotonic() - begin)

    def _adapted(self, command: str) -> str:
        command = re.sub(r"^git clone \S+", f"git clone --quiet {ROOT} precis", command)
        option = f" --port {self._port}" if command.endswith("precis sandbox") else ""
        return command.replace(SANDBOX_PORT, str(self._port)) + option

    def _run(self, command: str) -> None:
        subprocess.run(
            ["bash", "-c", command], cwd=self._folder, env=self._environ, check=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=WAIT_SECONDS,
        )  # fmt: skip

    def _start(self, command: str, words: str) -> None:
        process = subprocess.Popen(
            ["bash", "-c", f"exec {command} 2>&1"], cwd=self._folder, env=self._environ, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        )  # fmt: skip
        self._stack.callback(process.wait, 40)
        self._stack.callback(process.terminate)
        assert process.stdout is not None
        for line in process.stdout:
            if words in line:
                return
        raise subprocess.CalledProcessError(process.wait(), command)


def count_replies(port: int) -> int:
    """The comments under the first post of the sandbox."""
    url = f"http://127.0.0.1:{port}/api/v3/comment/list?post_id=1"
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url) as response:
        return int(response.read().count(b'"content"'))


def follow(*, cache: bool) -> list[Step]:
    """Type all commands in a new folder."""
    port = free_ports()
    dropped = {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV", "MAKEFLAGS"}
    environ = {name: value for name, value in os.environ.items() if name not in dropped}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="precis-newcomer-")))
        if not cache:
            environ |= {"HOME": str(folder)}
        newcomer = Newcomer(folder, port, {**environ, "PYTHONUNBUFFERED": "1"}, stack)
        steps = [newcomer.step(command) for command in commands()]
        assert count_replies(port) == 1
    return steps


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cache", action="store_true", help="let pip use this user's cache")
    steps = follow(cache=parser.parse_args().cache)
    for step in steps:
        print(f"{step.seconds:7.1f} s  {step.command[:90]}")
    print(f"{sum(step.seconds for step in steps):7.1f} s  {len(steps)} commands, 2 terminals, 1 reply")


if __name__ == "__main__":
    main()
