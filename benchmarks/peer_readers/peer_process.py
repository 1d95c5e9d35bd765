"""Send pages to the process of a peer, one at a time, with a limit of time for each page."""

from __future__ import annotations

import json
import os
import select
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.peer_readers.html_text import text_of_html
from bot.core.models import Page

MAX_SECONDS = 60.0
"""The most that a page may take, by the clock. A page that takes longer counts as an error."""
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class PeerResult:
    """The text of a page; "" and an error if the peer failed. `seconds` is processor time."""

    text: str
    error: str
    seconds: float


class PeerProcess:
    """A peer that runs until `close`; it is started again after a page that it did not survive.

    After each start it reads the pages `warm_up`, so that what is loaded and compiled with the first pages
    counts for no page.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        returns_html: bool = False,
        warm_up: Sequence[Page] = (),
        max_seconds: float = MAX_SECONDS,
    ) -> None:
        self._command = command
        self._returns_html = returns_html
        self._warm_up = warm_up
        self._max_seconds = max_seconds
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, page: Page) -> PeerResult:
        """What the peer finds in a page, which must be in UTF-8."""
        if self._process is None:
            self._start()
            for each in self._warm_up:
                self._ask(each)
        return self._ask(page)

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _start(self) -> None:
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    def _ask(self, page: Page) -> PeerResult:
        started = time.monotonic()
        if self._process is None:
            self._start()
        html = page.content.decode("utf-8", "replace")
        try:
            line = self._exchange({"url": page.url or "http://localhost/", "html": html})
        except (TimeoutError, OSError, EOFError) as error:
            self.close()
            return PeerResult("", repr(error), time.monotonic() - started)
        found = json.loads(line)
        content = found["content"]
        text = text_of_html(content) if self._returns_html else content
        return PeerResult(text, found["error"], found["seconds"])

    def _exchange(self, page: dict[str, str]) -> bytes:
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        deadline = time.monotonic() + self._max_seconds
        self._process.stdin.write(json.dumps(page).encode() + b"\n")
        self._process.stdin.flush()
        output = self._process.stdout.fileno()
        line = b""
        while not line.endswith(b"\n"):
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([output], [], [], left)[0]:
                raise TimeoutError(f"more than {self._max_seconds:g} s")
            chunk = os.read(output, _CHUNK)
            if not chunk:
                raise EOFError("the process ended")
            line += chunk
        return line
