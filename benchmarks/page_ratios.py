"""The processor time of reading and summarising pages with two checkouts, and whether they differ."""

from __future__ import annotations

import statistics
from pathlib import Path

from rich.table import Table

from benchmarks.page_corpus import samples
from benchmarks.warm_process import Answer, WarmProcess, ask_in_turn

DIGEST = """
import inspect
import bot.workers.preload
from bot.core.models import Digest, LengthLimits, Page
from bot.workers.digest import digest
options = {"with_key_words": False} if "with_key_words" in inspect.signature(digest).parameters else {}
def summarise_page(page):
    found = digest(Page(url, page, "text/html; charset=utf-8"), LengthLimits(), "precis", **options)
    return ("article", found.article, found.summary) if isinstance(found, Digest) else ("refused", found)
"""
_WARM_PAGES = 5


def compare_pages(old: Path, new: Path, data: Path, count: int) -> Table:
    """Milliseconds of a page with each checkout; both read the same pages in turn.

    A checkout that can leave out the key words does so, because no reply has them by default.
    """
    pages = samples(data)
    pages = pages[:: max(1, len(pages) // count)][:count]
    found: list[tuple[str, list[Answer]]] = []
    with WarmProcess(DIGEST, old) as before, WarmProcess(DIGEST, new) as after:
        for page in pages[:_WARM_PAGES]:
            ask_in_turn((before, after), page.file, page.url, 0)
        for number, page in enumerate(pages):
            kind = "article" if page.kind == "article" else "other page"
            found.append((kind, ask_in_turn((before, after), page.file, page.url, number % 2)))
    if not all(answer.digest for _, answers in found for answer in answers):
        raise RuntimeError("a page was not read")
    different = sum(answers[0].digest != answers[1].digest for _, answers in found)
    table = Table(title=f"{len(found)} pages; {different} with another result")
    for heading in (
        "pages",
        "number",
        "before, ms",
        "after, ms",
        "ratio of sums",
        "mean ratio",
        "median",
    ):
        table.add_column(heading, justify="left" if heading == "pages" else "right")
    for kind in ("article", "other page", "all"):
        rows = [answers for each, answers in found if kind in (each, "all")]
        if not rows:
            continue
        sums = [sum(answers[at].seconds for answers in rows) for at in (0, 1)]
        ratios = [answers[1].seconds / answers[0].seconds for answers in rows]
        table.add_row(
            kind,
            str(len(rows)),
            *(f"{1000 * one / len(rows):.0f}" for one in sums),
            f"{sums[1] / sums[0]:.2f}",
            f"{statistics.mean(ratios):.2f}",
            f"{statistics.median(ratios):.2f}",
        )
    return table
