"""What a hostile page might make a worker do. A test names a fault in the URL of a page: `page("hang")`."""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import sys
import threading
from collections.abc import Callable

from bot.core.models import Digest, LengthLimits, NotArticle, Page
from bot.core.skip_reasons import SkipReason
from bot.workers.worker_main import read_page
from tests.workers.probes import Targets, possible_rights, unfiltered_calls

URL = "https://paper.example/#"


def page(fault: str, content: bytes = b"") -> Page:
    return Page(URL + fault, content)


def read(
    page: Page, length: LengthLimits, method: str, *, explain: bool, with_key_words: bool = True
) -> Digest | NotArticle:
    """Runs in the worker: the fault that the page names, or the real reading."""
    if not page.url.startswith(URL):
        return read_page(page, length, method, explain=explain, with_key_words=with_key_words)
    return NotArticle(SkipReason.NOT_TEXT, str(FAULTS[page.url.removeprefix(URL)](page.content)))


def hang(content: bytes) -> None:
    while True:
        pass


def hang_asleep(content: bytes) -> None:
    threading.Event().wait()


def crash(content: bytes) -> None:
    os.abort()


def overrun(content: bytes) -> None:
    """Read unmapped memory, like a C library with a bug."""
    ctypes.string_at(1)


def hoard(content: bytes) -> None:
    bytearray(4_000_000_000)


LEAKED: list[bytearray] = []


def leak(content: bytes) -> str:
    LEAKED.append(bytearray(200_000_000))
    return f"{len(LEAKED)} {os.getpid()}"


def process_id(content: bytes) -> int:
    return os.getpid()


def surrogates(content: bytes) -> str:
    return "caf\ud800 open"


def fail(content: bytes) -> None:
    raise LookupError("no <body>\n2026-01-01 [info] a line that Precis did not write")


def write_output(content: bytes) -> str:
    """Write to both outputs, as libraries do. More than a pipe holds, so that nobody may forget to read."""
    sys.stdout.write(content.decode())
    sys.stdout.flush()
    sys.stderr.write("x" * 300_000)
    return "written"


def answer(content: bytes) -> None:
    """Send `content` instead of a result, as a worker could that an attacker controls."""
    os.write(_results_pipe(), content)
    threading.Event().wait()


def answer_later(content: bytes) -> str:
    """Prepare an answer to a task that this worker does not have yet."""
    os.write(_results_pipe(), content)
    return "never read"


def _results_pipe() -> int:
    """The file descriptor of the only pipe that a worker can write to, apart from its outputs."""
    for descriptor in range(3, 128):
        try:
            if fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE == os.O_WRONLY:
                return descriptor
        except OSError:
            continue
    raise AssertionError("no pipe")


def open_descriptors(content: bytes) -> list[int]:
    """Those that are not the outputs; the pipes of the tasks and results are the only ones expected."""
    found = []
    for descriptor in range(3, 128):
        try:
            os.fstat(descriptor)
        except OSError:
            continue
        found.append(descriptor)
    return found


def probe(content: bytes) -> str:
    """What this worker can do although it should not be able to: names of rights and of calls."""
    targets = Targets(**json.loads(content))
    return ", ".join([*possible_rights(targets), *unfiltered_calls(targets)])


FAULTS: dict[str, Callable[[bytes], object]] = {
    each.__name__: each
    for each in (
        *(hang, hang_asleep, crash, overrun, hoard, leak, process_id, surrogates, fail),
        *(write_output, answer, answer_later, open_descriptors, probe),
    )
}
