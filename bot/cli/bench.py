"""`precis bench`: measures how fast this machine reads pages in the daemon's worker processes.

The pages come from the sandbox's news site. It uses neither the network nor a database.
"""

from __future__ import annotations

import os
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from pathlib import Path

from rich.console import Console

from bot.cli.terminal import folding_table
from bot.config import load
from bot.config.settings import Workers
from bot.core.errors import UserError
from bot.core.models import Digest, LengthLimits, Page
from bot.sandbox.news.page_builder import build_page
from bot.workers.pool import WorkerLimits, WorkerPool

ARTICLES = ("bridge", "peat", "gleis", "huertos", "bibliotheque", "salt-road", "channel")


def run_benchmark(config: Path | None, pages: int) -> None:
    """Print how long `pages` pages take, with `[workers]` of the settings file or the defaults."""
    workers = load(config, os.environ).workers if config else Workers()
    with Console(stderr=True).status(f"Reading {pages} pages…"):
        worker_pool = WorkerPool(WorkerLimits.from_settings(workers))
        try:
            first_page, times, total = _measure(worker_pool, pages, workers.processes)
        finally:
            worker_pool.close()
    ninetieth = sorted(times)[min(pages * 9 // 10, pages - 1)]
    table = folding_table("measurement", "result")
    table.add_row("first page, including the start of a process", f"{first_page:.1f} s")
    table.add_row("page, median", f"{1000 * statistics.median(times):.0f} ms")
    table.add_row("page, 90% within", f"{1000 * ninetieth:.0f} ms")
    table.add_row(f"pages per minute, processes: {workers.processes}", f"{60 * pages / total:.0f}")
    Console(highlight=False).print(table)


def _measure(worker_pool: WorkerPool, pages: int, processes: int) -> tuple[float, list[float], float]:
    """Seconds for the first page, for each page after it, and for all of these together."""

    def read(name: str) -> float:
        url = f"https://paper.example/{name}"
        page = Page(url, build_page(name, url), "text/html")
        started = time.perf_counter()
        if not isinstance(worker_pool.digest(page, LengthLimits(), "precis"), Digest):
            raise UserError(f"The page {name} was not read as an article.", "Reinstall Precis.")
        return time.perf_counter() - started

    first_page = read(ARTICLES[0])
    with ThreadPoolExecutor(processes) as pool:
        list(pool.map(read, ARTICLES[:processes]))  # start every process before the measurement
        started = time.perf_counter()
        times = list(pool.map(read, islice(cycle(ARTICLES), pages)))
        return first_page, times, time.perf_counter() - started
