"""Fit the article gate's trees: `python -m benchmarks.fit_gate DATA [--cache DIR] [--write]`.

DATA is a folder in the format of `benchmarks.page_corpus`, with a `type` for each page (WCXB dev). Built
pages are added (`benchmarks.built_pages`). Prints, out of fold by domain, what the rules and the gate keep
and refuse (`benchmarks.gate_report`). With `--write`, writes `bot/extract/trained_trees/gate-*.txt`. The
gate's training data comes from a block model that saw no page of the same domain either, because that model
would be more certain about pages that it knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import lightgbm
import numpy as np

from benchmarks.block_cases import FOLDS, trees_by_fold
from benchmarks.fit_blocks import TREES, parse_options
from benchmarks.gate_cases import GateCase, gate_cases, labels, table
from benchmarks.gate_report import OutOfFold, print_report
from benchmarks.page_corpus import samples
from benchmarks.tree_text import tree_lines, write_trees
from bot.core.boosted_trees import BoostedTrees
from bot.extract.alignment import Floats
from bot.extract.article_gate import KINDS

SPLITS = 3
"""Number of divisions into folds."""
ROUNDS = 100
PARAMETERS = {
    "objective": "multiclass",
    "num_class": len(KINDS),
    "num_leaves": 8,
    "learning_rate": 0.075,
    "min_data_in_leaf": 12,
    "extra_trees": True,
    "feature_fraction": 0.25,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 5,
    "seed": 7,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbose": -1,
}
BUILT_WEIGHT = 3.0
"""The weight of a built page; that of a page of the corpus is 1."""


def fit(cases: Sequence[GateCase]) -> Any:
    weights = [BUILT_WEIGHT if case.is_built else 1.0 for case in cases]
    return lightgbm.train(PARAMETERS, lightgbm.Dataset(table(cases), labels(cases), weight=weights), ROUNDS)


def out_of_fold(cases: Sequence[GateCase], split: int) -> OutOfFold:
    """The probabilities of each case, from trees that saw no page of its domain."""
    folds = np.array([case.fold(FOLDS, split) for case in cases])
    probabilities = np.zeros((len(cases), len(KINDS)))
    for number in range(FOLDS):
        booster = fit([case for case, fold in zip(cases, folds, strict=True) if fold != number])
        held_out = [case for case, fold in zip(cases, folds, strict=True) if fold == number]
        probabilities[folds == number] = booster.predict(table(held_out))
    return OutOfFold(folds, probabilities)


def write(cases: Sequence[GateCase]) -> None:
    booster = fit(cases)
    lines = tree_lines(booster)
    by_kind = {kind: lines[at :: len(KINDS)] for at, kind in enumerate(KINDS)}
    check_tree_text(booster, by_kind, table(cases))
    for kind, trees in by_kind.items():
        write_trees(TREES / f"gate-{kind}.txt", trees, cases[0].names, "benchmarks.fit_gate")
    print(f"written to {TREES}")


def check_tree_text(booster: Any, by_kind: dict[str, list[str]], rows: Floats) -> None:
    """Fail if the package's scores from the text differ from LightGBM's."""
    scores = np.stack([BoostedTrees(trees).sums(rows)[:, 0] for trees in by_kind.values()], axis=1)
    difference = np.abs(scores - booster.predict(rows, raw_score=True)).max()
    assert difference < 1e-2, f"the scores from the text differ from LightGBM's by {difference}"


def main() -> None:
    options = parse_options(__doc__)
    pages = samples(options.data)
    everything = list(gate_cases(pages, trees_by_fold(pages, options.cache), options.cache))
    cases = [case for case in everything if case.row]
    print_report(everything, [out_of_fold(cases, split) for split in range(SPLITS)])
    if options.write:
        write(cases)


if __name__ == "__main__":
    main()
