"""Fit the article gate's trees: `python -m benchmarks.fit_gate DATA [--cache DIR] [--write]`.

DATA is a folder in the format of `benchmarks.page_corpus`, with a `type` for each page (WCXB dev). Prints,
out of fold by domain, what each threshold keeps and refuses, and how often the kind of a refused page is
right. With `--write`, writes `bot/extract/trained_trees/gate.txt` and `kind-*.txt`. The gate's training
data comes from a block model that saw no page of the same domain either, because that model would be more
certain about pages that it knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import lightgbm
import numpy as np

from benchmarks.block_cases import FOLDS, trees_by_fold
from benchmarks.fit_blocks import TREES, check_tree_text, parse_options
from benchmarks.page_corpus import Sample, map_samples, samples
from benchmarks.tree_text import write_trees
from benchmarks.unseen_domains import ByFold, trees_without_domain
from bot.core.models import Article
from bot.core.skip_reasons import SkipReason
from bot.extract import extract
from bot.extract.alignment import Floats
from bot.extract.article_gate import REFUSAL_KINDS

ROUNDS = 80
KIND_ROUNDS = 30
PARAMETERS = {
    "objective": "binary",
    "num_leaves": 6,
    "learning_rate": 0.08,
    "min_data_in_leaf": 12,
    "feature_fraction": 0.4,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 5,
    "seed": 7,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbose": -1,
}


@dataclass(frozen=True, slots=True)
class GateCase:
    sample: Sample
    names: tuple[str, ...]
    row: tuple[float, ...]
    """Empty if a rule refused the page before the trees were used."""
    reason: SkipReason | None


def case_of(trees: ByFold, sample: Sample) -> GateCase:
    with trees_without_domain(sample, trees):
        extraction = extract(sample.page, strictness="lenient", explain=True)
    reason = None if isinstance(extraction.result, Article) else extraction.result.reason
    signals = extraction.gate_features if reason is None else ()
    return GateCase(sample, tuple(name for name, _ in signals), tuple(value for _, value in signals), reason)


def fit(cases: Sequence[GateCase], wanted: str, rounds: int) -> Any:
    rows = np.array([case.row for case in cases])
    label = np.array([case.sample.kind == wanted for case in cases], dtype=float)
    return lightgbm.train(PARAMETERS, lightgbm.Dataset(rows, label), rounds)


def fit_all(cases: Sequence[GateCase]) -> tuple[Any, dict[str, Any]]:
    """The trees that recognise articles, and for each other kind those that recognise it among the rest."""
    others = [case for case in cases if case.sample.kind != "article"]
    return fit(cases, "article", ROUNDS), {kind: fit(others, kind, KIND_ROUNDS) for kind in REFUSAL_KINDS}


def out_of_fold(cases: Sequence[GateCase]) -> tuple[Floats, list[str]]:
    chance, kinds = np.zeros(len(cases)), [""] * len(cases)
    for number in range(FOLDS):
        article, others = fit_all([case for case in cases if case.sample.fold(FOLDS) != number])
        for at, case in enumerate(cases):
            if case.sample.fold(FOLDS) == number:
                row = np.array([case.row])
                chance[at] = article.predict(row)[0]
                kinds[at] = max(others, key=lambda kind: float(others[kind].predict(row)[0]))
    return chance, kinds


def report(cases: Sequence[GateCase], refused_by_rule: Sequence[GateCase]) -> None:
    chance, kinds = out_of_fold(cases)
    truth = [case.sample.kind for case in cases]
    articles = sum(case.sample.kind == "article" for case in (*cases, *refused_by_rule))
    others = len(cases) + len(refused_by_rule) - articles
    by_rule = sum(case.sample.kind != "article" for case in refused_by_rule)
    print(
        f"rules refused {len(refused_by_rule) - by_rule} of {articles} articles"
        f" and {by_rule} of {others} other pages"
    )
    print("threshold      kept articles   refused others   kind right")
    for threshold in (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7, 0.8):
        kept = sum(c >= threshold and kind == "article" for c, kind in zip(chance, truth, strict=True))
        refused = [at for at, c in enumerate(chance) if c < threshold and truth[at] != "article"]
        right = sum(kinds[at] == truth[at] for at in refused) / max(len(refused), 1)
        print(
            f"{threshold:12.2f}   {kept / articles:13.1%}"
            f"   {(len(refused) + by_rule) / others:14.1%}   {right:10.1%}"
        )


def main() -> None:
    options = parse_options(__doc__)
    pages = samples(options.data)
    read = partial(case_of, trees_by_fold(pages, options.cache))
    everything = list(map_samples(read, pages, options.cache, "gate"))
    cases = [case for case in everything if case.row]
    report(cases, [case for case in everything if not case.row])
    if options.write:
        article, others = fit_all(cases)
        check_tree_text(article, np.array([case.row for case in cases]))
        names = list(cases[0].names)
        write_trees(TREES / "gate.txt", article, names, "benchmarks.fit_gate")
        for kind, booster in others.items():
            write_trees(TREES / f"kind-{kind}.txt", booster, names, "benchmarks.fit_gate")


if __name__ == "__main__":
    main()
