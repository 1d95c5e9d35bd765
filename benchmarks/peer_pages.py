"""The processor time of a real page with Precis and with simple bots, each in one warm process.

    python -m benchmarks.peer_pages DATA [--count 100]

DATA is a folder of pages (see `benchmarks.page_corpus`). All methods read the same articles in turn. Counted
are the articles of which every method gives a summary. The methods are those of `benchmarks.peers`.
"""

from __future__ import annotations

import argparse
import statistics
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.page_corpus import samples
from benchmarks.peers import METHODS
from benchmarks.warm_process import Answer, WarmProcess, ask_in_turn

_WARM_PAGES = 10


def measure(data: Path, count: int) -> list[list[Answer]]:
    """For each article that every method summarises, the answer of each."""
    articles = [page for page in samples(data) if page.kind == "article"]
    articles = articles[:: max(1, len(articles) // count)][:count]
    found = []
    with ExitStack() as stack:
        processes = [stack.enter_context(WarmProcess(code)) for code in METHODS.values()]
        for page in articles[:_WARM_PAGES]:
            ask_in_turn(processes, page.file, page.url, 0)
        for number, page in enumerate(articles):
            answers = ask_in_turn(processes, page.file, page.url, number)
            if all(answer.digest for answer in answers):
                found.append(answers)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--count", type=int, default=100, help="number of articles")
    options = parser.parse_args()
    found = measure(options.data, options.count)
    ours = [answers[0].seconds for answers in found]
    table = Table(
        "method",
        "mean",
        "median",
        "Precis / it, sums",
        "Precis / it, median",
        title=f"{len(found)} articles",
    )
    for at, name in enumerate(METHODS):
        theirs = [answers[at].seconds for answers in found]
        ratios = [one / other for one, other in zip(ours, theirs, strict=True)]
        table.add_row(
            name,
            f"{1000 * statistics.mean(theirs):.0f} ms",
            f"{1000 * statistics.median(theirs):.0f} ms",
            f"{sum(ours) / sum(theirs):.2f}",
            f"{statistics.median(ratios):.2f}",
        )
    Console().print(table)


if __name__ == "__main__":
    main()
