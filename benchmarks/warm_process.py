"""Processes that have read pages before: each is asked for a page in turn and tells its processor time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

SERVE = """
import gzip, hashlib, json, logging, os, sys, time, warnings
logging.disable(logging.CRITICAL)
warnings.simplefilter("ignore")
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # what libraries print
for line in sys.stdin:
    file, url = json.loads(line)
    with gzip.open(file) as opened:
        page = opened.read()
    started = time.process_time()
    try:
        result = summarise_page(page)
    except Exception:
        result = None
    seconds = time.process_time() - started
    hashed = hashlib.sha256(repr(result).encode()).hexdigest() if result else ""
    print(json.dumps([seconds, hashed]), file=answers, flush=True)
"""
"""Runs after code that defines `summarise_page(page)`, which may use the global variable `url`."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The processor time in seconds, and a hash of the result; "" if there is none."""

    seconds: float
    digest: str


class WarmProcess:
    """A process that summarises pages with the code that is given to it."""

    def __init__(self, code: str, checkout: Path | None = None) -> None:
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}  # sets in one order
        if checkout is not None:
            environment["PYTHONPATH"] = str(checkout.resolve())
        self._process = subprocess.Popen(
            [sys.executable, "-c", code + SERVE],
            cwd=checkout,  # Python searches the current folder before PYTHONPATH
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def ask(self, file: Path, url: str) -> Answer:
        """Let the process summarise one page, in gzip, and wait for its answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([str(file.resolve()), url]) + "\n")
        self._process.stdin.flush()
        return Answer(*json.loads(self._process.stdout.readline()))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()


def ask_in_turn(processes: Sequence[WarmProcess], file: Path, url: str, first: int) -> list[Answer]:
    """The answer of each process; number `first` is asked first, so that none is always the first."""
    answers: dict[int, Answer] = {}
    for step in range(len(processes)):
        at = (first + step) % len(processes)
        answers[at] = processes[at].ask(file, url)
    return [answers[at] for at in range(len(processes))]
