"""Quality and speed of extraction: `python -m benchmarks.extraction DATA`.

Prints one table over the articles of a data folder (`benchmarks.page_corpus`): each reader alone on the
original page, the vote of all five, the block model alone, `bot.extract` (`benchmarks.reading_methods`), and
with `--peers FOLDER` other libraries, which are installed in that folder (`benchmarks.peer_readers`). F1,
precision, recall and exact are defined in `benchmarks.extraction_score`, leaks in `benchmarks.leaked_lines`.
CPU time is in ms, with its ratio to trafilatura's precise mode on the same pages in the same run (each page
is read by all rows in turn).

For the pages that the trees were fitted on (WCXB dev) only `--out-of-fold` gives honest results: each page
is read with trees that saw no page of its domain. `--gate` shows what is refused instead, `--memory PAGES`
the size of the process.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import cycle, islice
from pathlib import Path

from benchmarks.extraction_table import MethodResult, MethodScores, print_table
from benchmarks.leaked_lines import captions
from benchmarks.page_corpus import Sample, samples
from benchmarks.peer_readers.installation import InstalledPeer, install_all
from benchmarks.peer_readers.peer import PEERS
from benchmarks.peer_readers.peer_process import PeerProcess
from benchmarks.reading_methods import (
    ReadingMethod,
    block_model,
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

PEER_WARM_UP = 10
"""Pages that a peer reads before any is measured."""

METHODS: dict[str, ReadingMethod] = {
    **{reader.name: single_reader(reader.name) for reader in READERS},
    "vote": selection_steps(vote),
    "block model": selection_steps(block_model),
    "Precis": whole_extraction,
}
_peer_processes: list[PeerProcess] = []
"""Those of this process; `prepare` starts them."""


def run_all_methods(trees: ByFold, sample: Sample) -> list[MethodResult]:
    """Read one page with every method in turn; with `trees`, use those that never saw its domain."""
    page = sample.page
    with trees_without_domain(sample, trees):
        own = [timed(read, page) for read in METHODS.values()]
    return own + [timed_peer(peer, page) for peer in _peer_processes]


def prepare(peers: Sequence[InstalledPeer], first: Sequence[Sample]) -> None:
    """Load what a worker of the daemon has loaded, and read the first page with each method."""
    import bot.workers.preload  # noqa: F401

    _peer_processes[:] = [
        PeerProcess(
            command, returns_html=peer.returns_html, warm_up=[sample.page for sample in first[:PEER_WARM_UP]]
        )
        for peer, command in peers
    ]
    run_all_methods((), first[0])


def timed(read: ReadingMethod, page: Page) -> MethodResult:
    start = time.process_time()
    text, step, error = read(page)
    return MethodResult(text, step, error, time.process_time() - start)


def timed_peer(peer: PeerProcess, page: Page) -> MethodResult:
    found = peer.read(page)
    return MethodResult(found.text, "", found.error, found.seconds)


def compare_methods(
    wanted: Sequence[Sample], peers: Sequence[InstalledPeer], trees: ByFold, options: argparse.Namespace
) -> None:
    """Print the table.

    Each process first reads what a worker reads and one page with each method, so that what is loaded once
    counts for no page. The peers read `PEER_WARM_UP` pages first, because Node also compiles as it goes.
    """
    rows = [MethodScores(name) for name in (*METHODS, *(peer.name for peer, _ in peers))]
    with ProcessPoolExecutor(options.processes, initializer=prepare, initargs=(peers, wanted)) as pool:
        found = pool.map(partial(run_all_methods, trees), wanted, chunksize=4)
        for sample, outcomes in zip(wanted, found, strict=True):
            figcaptions = captions(sample.page.content.decode("utf-8", "replace"))
            for row, outcome in zip(rows, outcomes, strict=True):
                row.add(sample, outcome, figcaptions)
    print_table(rows, len(wanted), len(trees), markdown=options.markdown)


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
    parser.add_argument(
        "--peers", type=Path, metavar="FOLDER", help="install other libraries there, and measure them too"
    )
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")
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
        peers = install_all(PEERS, options.peers) if options.peers else []
        compare_methods(articles, peers, out_of_fold_trees(everything, options), options)


def out_of_fold_trees(everything: Sequence[Sample], options: argparse.Namespace) -> ByFold:
    if not options.out_of_fold:
        return ()
    from benchmarks.block_cases import trees_by_fold  # needs LightGBM

    return trees_by_fold(everything, options.cache)


if __name__ == "__main__":
    main()
