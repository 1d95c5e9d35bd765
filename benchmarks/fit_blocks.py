"""Fit the block model's trees: `python -m benchmarks.fit_blocks DATA [--cache DIR] [--write]`.

DATA is a folder in the format of `benchmarks.page_corpus` (WCXB dev). Built pages are added
(`benchmarks.block_pages`). Prints the F1, out of fold by domain. With `--write`, fits on all pages and
writes `bot/extract/trained_trees/blocks.txt`. The same data, library versions and seed give the same trees.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import numpy as np

from benchmarks.block_cases import BlockCase, block_cases_of, fit, out_of_fold
from benchmarks.extraction_score import score, score_page
from benchmarks.page_corpus import samples
from benchmarks.tree_text import tree_lines, write_trees
from bot.core.boosted_trees import BoostedTrees
from bot.extract.alignment import Floats
from bot.extract.block_features import block_features
from bot.extract.block_selection import SelectionStep, select_blocks
from bot.extract.cleanup import find_dropped_lines
from bot.extract.paragraphs import to_paragraphs

_GOOD = 0.9
TREES = Path(__file__).parent.parent / "bot" / "extract" / "trained_trees"


def write(cases: Sequence[BlockCase]) -> None:
    usable = [case for case in cases if case.usable]
    booster = fit(usable)
    columns = list(block_features(usable[0].blocks, usable[0].coverage))
    write_trees(TREES / "blocks.txt", tree_lines(booster), columns, "benchmarks.fit_blocks")
    check_tree_text(booster, np.vstack([case.table for case in usable[:50]]))


def check_tree_text(booster: Any, rows: Floats) -> None:
    """Fail if the package's predictions from the text differ from LightGBM's."""
    difference = np.abs(BoostedTrees(tree_lines(booster)).predict(rows) - booster.predict(rows)).max()
    assert difference < 1e-3, f"the predictions from the text differ from LightGBM's by {difference}"


def extract_text(case: BlockCase) -> tuple[str, str]:
    """The text and the step that decided, from trees that never saw the page's domain."""
    choice = select_blocks(case.evidence)
    found = to_paragraphs(case.blocks, np.flatnonzero(choice.selected).tolist())
    out = find_dropped_lines([paragraph.text for paragraph in found], case.title)
    return "\n".join(p.text for at, p in enumerate(found) if at not in out), choice.step


def report(cases: Sequence[BlockCase], articles: int) -> None:
    """`articles` is the number of articles in the corpus; those without a block count as empty results."""
    corpus = [case for case in cases if not case.is_built]
    print_scores("corpus", corpus, articles - len(corpus))
    print_scores("built pages", [case for case in cases if case.is_built], 0)


def print_scores(name: str, cases: Sequence[BlockCase], without_blocks: int) -> None:
    results = [extract_text(case) for case in cases]
    pages = [score_page(case.sample.body, text) for case, (text, _) in zip(cases, results, strict=True)]
    pages += [score_page("lost", "")] * without_blocks
    total = score(pages)
    loss = np.array([1 - page.f1 for page in pages if page.f1 < _GOOD] or [0.0])
    steps = {step: sum(step == taken for _, taken in results) for step in get_args(SelectionStep)}
    print(
        f"{name}: F1 {total.f1:.4f}, precision {total.precision:.4f}, recall {total.recall:.4f}, below one"
        f" half {total.below_half}, below .9 {len(loss)} (90th percentile of their loss"
        f" {np.percentile(loss, 90):.3f}), steps {steps}"
    )


def parse_options(description: str | None) -> argparse.Namespace:
    """The options of the commands that fit trees."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--write", action="store_true")
    return parser.parse_args()


def main() -> None:
    options = parse_options(__doc__)
    everything = samples(options.data)
    cases = block_cases_of(everything, options.cache)
    print(f"{len(cases)} pages, {sum(case.usable for case in cases)} of them usable for training")
    out_of_fold(cases)
    report(cases, sum(sample.kind == "article" for sample in everything))
    if options.write:
        write(cases)
        print(f"written to {TREES}")


if __name__ == "__main__":
    main()
