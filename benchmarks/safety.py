"""Hostile links, servers, texts and pages, compared with plain libraries: `make bench-safety`.

    python -m benchmarks.safety [--seconds 1] [--limit 4]

Links are followed in a fake network that records the addresses connected to. Hostile servers run on
loopback. Texts are rendered by markdown-it with Lemmy's plugins, by markdown2 with PieFed's additions, and by
snudown if `make snudown` has installed it. Bomb pages go to a worker pool of one process; measured is the
time until it has read an ordinary page after each.
"""

from __future__ import annotations

import argparse
import multiprocessing
import re
import string
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import httpx2
import trafilatura
from rich.console import Console
from rich.table import Table

from benchmarks.fetch_safety import hazard_rows, link_rows
from benchmarks.piefed_safety import reply_rows
from bot.core.errors import WorkerError
from bot.core.models import Dialect, LengthLimits, NotArticle, Page
from bot.render.sanitize import clean, sanitize
from bot.workers.pool import WorkerLimits, WorkerPool
from tests.fuzz.texts import render_on_reddit
from tests.render.hostile import HOSTILE
from tests.render.piefed_reader import render_on_piefed
from tests.render.readers import MENTION, Rendered, lemmy, rendered
from tests.workers import faults

LEMMY_UI = lemmy(typographer=True)
WORKER_SECONDS = 3.0
PARAGRAPH = b"<p>The harbour board counted the boats again and found that %d of them were not there.</p>"
STORY = b"<article>" + b"".join(PARAGRAPH % n for n in range(40)) + b"</article>"
BOMBS: dict[str, bytes] = {
    "100,000 attributes": b"<p " + b" ".join(b"a%d=1" % n for n in range(100_000)) + b">" + STORY,
    "100,000 attributes in small tags": b"".join(b"<p %s>x" % (b"a%d=1 " % n * 900) for n in range(110)),
    "200,000 nested tags": b"<div>" * 200_000 + STORY,
    "50,000 nested formats": b"<b>" * 50_000 + STORY,
    "20,000 paragraphs": b"".join(PARAGRAPH % n for n in range(20_000)),
    "one sentence of 300,000 words": b"<p>" + b"word " * 300_000,
    "one word of 1.9 MB": b"<p>" + b"x" * 1_900_000,
    "300,000 entities": b"<p>" + b"&amp;" * 300_000,
    "60,000 cells": b"<table>" + b"<tr><td>1</td><td>2</td></tr>" * 30_000,
    "100,000 links": b"<p>" + b"<a href=/x>word</a> " * 80_000,
    "50,000 style rules": b"<style>" + b".a{display:none}" * 50_000 + b"</style>" + STORY,
    "deep JSON-LD": b'<script type="application/ld+json">' + b'{"@graph":[' * 20_000 + b"</script>" + STORY,
}


def texts() -> Iterator[str]:
    """Every hostile text: alone, inside a sentence, after a sentence, and with invisible characters."""
    for text in HOSTILE.values():
        yield text
        yield f"The mayor said {text} and left"
        yield f"It is over. {text}"
        yield text.replace("e", "e\u200b").replace(".", "\u00ad.")


def unescaped(text: str, dialect: Dialect) -> str:
    return text.encode("utf-8", "replace").decode()


def commonmark(text: str, dialect: Dialect) -> str:
    """Escaping as in Markdown libraries: a backslash before all ASCII punctuation."""
    one_line = " ".join(unescaped(text, dialect).split())
    return re.sub(f"[{re.escape(string.punctuation)}]", r"\\\g<0>", one_line)


RENDERERS: dict[Dialect, Callable[[str], Rendered | None]] = {
    Dialect.LEMMY: lambda source: rendered(LEMMY_UI, source),
    Dialect.PIEFED: render_on_piefed,
    Dialect.REDDIT: render_on_reddit,
}
Escape = Callable[[str, Dialect], str]
ESCAPES: tuple[Escape, ...] = (unescaped, commonmark, sanitize)


def is_harmless(text: str, escape: Escape, dialect: Dialect) -> bool | None:
    """Whether a reader sees only visible text and nothing is active; None without the renderer."""
    source = escape(text, dialect)
    sight = RENDERERS[dialect](source)
    if sight is None:
        return None
    visible = all(char.isprintable() or char in "\n\u200c\u200d" for char in sight.text)
    return visible and not sight.tags and not MENTION.search(source) and clean(sight.text) == sight.text


def text_rows(table: Table) -> None:
    tried = tuple(dict.fromkeys(texts()))
    for dialect in Dialect:
        passed = [sum(bool(is_harmless(text, escape, dialect)) for text in tried) for escape in ESCAPES]
        if is_harmless("", sanitize, dialect) is None:
            table.add_row(f"texts: harmless on {dialect.value}", "0", "no snudown", "make snudown")
            continue
        plain = f"unescaped {passed[0]}, CommonMark escapes {passed[1]}"
        table.add_row(f"texts: harmless on {dialect.value}", str(len(tried)), str(passed[2]), plain)


def bomb_rows(table: Table, limit: float) -> None:
    worker = WorkerPool(WorkerLimits(1, timedelta(seconds=WORKER_SECONDS)), faults.read)
    try:
        _read(worker, STORY)  # start the worker
        for name, content in BOMBS.items():
            table.add_row(
                f"bomb: {name}", "1", _read_and_recover(worker, content), plain_outcome(content, limit)
            )
        for fault in ("hang", "crash", "overrun", "hoard", "leak"):
            outcome, started = _read(worker, b"", faults.page(fault).url), time.monotonic()
            table.add_row(f"accident: {fault}", "1", f"{outcome}, {_recovery(worker, started)}", "-")
    finally:
        worker.close()


def _read_and_recover(worker: WorkerPool, content: bytes) -> str:
    started = time.monotonic()
    outcome = _read(worker, content)
    took = time.monotonic() - started
    return f"{took:5.2f} s  {outcome}, {_recovery(worker, time.monotonic())}"


def _recovery(worker: WorkerPool, started: float) -> str:
    outcome = _read(worker, STORY)
    assert outcome == "read", outcome
    return f"next page after {time.monotonic() - started:.2f} s"


def _read(worker: WorkerPool, content: bytes, url: str = "https://paper.example/2026/story") -> str:
    try:
        found = worker.digest(Page(url, content), LengthLimits(), "precis")
    except WorkerError as error:
        return (
            "timed out" if "longer" in str(error) else "crashed" if "crashed" in str(error) else "too large"
        )
    return found.reason.value if isinstance(found, NotArticle) else "read"


def plain_outcome(content: bytes, limit: float) -> str:
    """trafilatura alone, in a process that is killed at the limit, to protect the machine."""
    process = multiprocessing.get_context("fork").Process(target=_plain, args=[content])
    started = time.monotonic()
    process.start()
    process.join(limit)
    if process.is_alive():
        process.kill()
        return f"trafilatura: still running after {limit:g} s"
    took = time.monotonic() - started
    return f"trafilatura: {took:.2f} s" + ("" if process.exitcode == 0 else f", crashed ({process.exitcode})")


def _plain(content: bytes) -> None:
    trafilatura.extract(content)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=float, default=1.0, help="timeout of both")
    parser.add_argument(
        "--limit", type=float, default=4.0, help="seconds after which a plain library is stopped"
    )
    options = parser.parse_args()
    table = Table("case", "tried", "Precis", f"plain (httpx2 {httpx2.__version__}, trafilatura, escapes)")
    link_rows(table)
    hazard_rows(table, options.seconds, options.limit)
    table.add_section()
    text_rows(table)
    reply_rows(table, tuple(dict.fromkeys(texts())))
    bomb_rows(table, 2 * options.limit)
    Console(width=max(130, Console().width)).print(table)


if __name__ == "__main__":
    main()
