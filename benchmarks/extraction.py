"""Quality and speed of extraction: `python -m benchmarks.extraction DATA`.

Prints one table over the articles of a data folder (`benchmarks.page_corpus`): each reader alone on the
original page, the vote of all five, the block model alone, and `bot.extract`
(`benchmarks.reading_methods`). F1, precision, recall and exact are defined in `benchmarks.extraction_score`,
leaks in `benchmarks.leaked_lines`. CPU time is in ms, with its ratio to
trafilatura's precise mode on the same pages in the same run (each page is read by all rows in turn).

For the pages that the trees were fitted on (WCXB dev) only `--out-of-fold` gives honest results: each page
is read with trees that saw no page of its domain. `--gate` shows what is refused instead, `--memory PAGES`
the size of the process.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle, islice
from pathlib import Path

from benchmarks.extraction_score import PageScore, score, score_page
from benchmarks.leaked_lines import KINDS, captions, leaked_kinds
from benchmarks.page_corpus import Sample, samples
from benchmarks.reading_methods import (
    ReadingMethod,
    block_model,
    newspaper4k,
    selection_steps,
    single_reader,
    vote,
    whole_extraction,
)
from benchmarks.unseen_domains import ByFold, trees_without_domain
from bot.core.models import NotArticle, Page
from bot.extract import extract
from bot.extract.article_gate import Strictness
from bot.extract.readers.cache import READERS

BASE = "precise"


METHODS: dict[str, ReadingMethod] = {
    **{reader.name: single_reader(reader.name) for reader in READERS},
    "vote": selection_steps(vote),
    "block model": selection_steps(block_model),
    "Precis": whole_extraction,
}


@dataclass(frozen=True, slots=True)
class MethodResult:
    """The result of one method on one page, and its CPU time."""

    text: str
    step: str
    error: str
    seconds: float


@dataclass(slots=True)
class MethodScores:
    """The results of one method on all pages."""

    name: str
    scores: list[PageScore] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    leaks: Counter[str] = field(default_factory=Counter)
    steps: Counter[str] = field(default_factory=Counter)
    errors: int = 0

    def add(self, sample: Sample, outcome: MethodResult, figcaptions: frozenset[str]) -> None:
        self.seconds.append(outcome.seconds)
        self.scores.append(score_page(sample.body, outcome.text))
        self.leaks.update(leaked_kinds(outcome.text, sample.body, figcaptions))
        self.errors += bool(outcome.error)
        if outcome.step:
            self.steps[outcome.step] += 1

    def line(self, base: Sequence[float]) -> str:
        total = score(self.scores)
        ms = sorted(1000 * second for second in self.seconds)
        ratios = sorted(own / other for own, other in zip(self.seconds, base, strict=True))
        leaked = " ".join(f"{self.leaks[kind]:>3}" for kind in KINDS)
        steps = ", ".join(f"{step} {count / len(ms):.0%}" for step, count in self.steps.most_common())
        return (
            f"{self.name:<18}{total.f1:.4f}  {total.precision:.4f}  {total.recall:.4f}  {total.exact:.3f}"
            f"  {total.below_half:>4}  {leaked}  {self.errors:>6}  {statistics.median(ms):6.1f}"
            f"  {ms[int(0.95 * (len(ms) - 1))]:6.1f}  {sum(self.seconds) / sum(base):5.2f}"
            f"  {statistics.mean(ratios):5.2f}  {statistics.median(ratios):5.2f}"
            f"  {ratios[int(0.95 * (len(ratios) - 1))]:5.2f}  {steps}"
        )


def run_all_methods(trees: ByFold, sample: Sample) -> list[MethodResult]:
    """Read one page with every method in turn; with `trees`, use those that never saw its domain."""
    page = sample.page
    with trees_without_domain(sample, trees):
        return [timed(read, page) for read in METHODS.values()]


def prepare(first: Sample) -> None:
    import bot.workers.preload  # noqa: F401 (which every worker of the daemon has loaded)

    run_all_methods((), first)


def timed(read: ReadingMethod, page: Page) -> MethodResult:
    start = time.process_time()
    text, step, error = read(page)
    return MethodResult(text, step, error, time.process_time() - start)


def compare_methods(wanted: Sequence[Sample], python: str | None, trees: ByFold, processes: int) -> None:
    """Print the table.

    Each process first reads what a worker reads and one page with each method, so that what is loaded once
    counts for no page.
    """
    rows = [MethodScores(name) for name in METHODS]
    others = newspaper4k(python, wanted) if python else []
    extra = MethodScores("newspaper4k")
    with ProcessPoolExecutor(processes, initializer=prepare, initargs=(wanted[0],)) as pool:
        found = pool.map(partial(run_all_methods, trees), wanted, chunksize=4)
        for at, (sample, outcomes) in enumerate(zip(wanted, found, strict=True)):
            figcaptions = captions(sample.page.content.decode("utf-8", "replace"))
            for row, outcome in zip(rows, outcomes, strict=True):
                row.add(sample, outcome, figcaptions)
            if others:
                text, error, seconds = others[at]
                extra.add(sample, MethodResult(text, "", error, seconds), figcaptions)
    if others:
        rows.insert(len(READERS), extra)
    show(rows, len(wanted), len(trees))


def show(rows: Sequence[MethodScores], pages: int, folds: int) -> None:
    base = next(row for row in rows if row.name == BASE).seconds
    trees = f"trees out of {folds} folds by domain" if folds else "the package's trees"
    print(f"{pages} articles; {trees}; leaks in pages: {', '.join(KINDS)}")
    print(
        "                      F1    prec.     rec.  exact   <.5   leaks"
        + " " * 16
        + "errors  median     p95  ratio   mean median    p95  steps"
    )
    for row in rows:
        print(row.line(base))


def print_memory(wanted: Sequence[Sample], pages: int) -> None:
    """Extract pages of all kinds one after another, in the default setting."""
    for sample in islice(cycle(wanted), pages):
        extract(sample.page)
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"peak size of the process over {pages} pages: {size} MB")


def print_refusals(wanted: Sequence[Sample], strictness: Strictness) -> None:
    """Print how many pages of each true type are refused, and why."""
    reasons: dict[str, Counter[str]] = {}
    for sample in wanted:
        result = extract(sample.page, strictness=strictness)
        reason = result.reason.value if isinstance(result, NotArticle) else "kept"
        reasons.setdefault(sample.kind, Counter())[reason] += 1
    print(f"{strictness}:")
    for kind, found in sorted(reasons.items()):
        kept = found.pop("kept", 0)
        why = ", ".join(f"{reason} {count}" for reason, count in found.most_common())
        print(f"  {kind:<15} kept {kept:>4}, refused {found.total():>4}: {why}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--gate", action="store_true", help="show what is refused, and why")
    parser.add_argument(
        "--memory", type=int, metavar="PAGES", help="show the size of the process after so many pages"
    )
    parser.add_argument("--out-of-fold", action="store_true", help="fit the block model by domain first")
    parser.add_argument("--cache", type=Path, help="the cache folder of benchmarks.fit_blocks")
    parser.add_argument("--newspaper4k", metavar="PYTHON", help="a Python that has newspaper4k")
    parser.add_argument("--processes", type=int, default=1, help="number of processes that read pages")
    parser.add_argument("--limit", type=int)
    options = parser.parse_args()
    everything = samples(options.data)
    if options.gate:
        for strictness in ("default", "strict"):
            print_refusals(everything[: options.limit], strictness)
    elif options.memory:
        print_memory(everything, options.memory)
    else:
        articles = [sample for sample in everything if sample.kind == "article"][: options.limit]
        compare_methods(
            articles, options.newspaper4k, out_of_fold_trees(everything, options), options.processes
        )


def out_of_fold_trees(everything: Sequence[Sample], options: argparse.Namespace) -> ByFold:
    if not options.out_of_fold:
        return ()
    from benchmarks.block_cases import trees_by_fold  # needs LightGBM

    return trees_by_fold(everything, options.cache)


if __name__ == "__main__":
    main()
