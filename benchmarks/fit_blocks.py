"""Fit the block model's trees: `python -m benchmarks.fit_blocks DATA [--cache DIR] [--write]`.

DATA is a folder as `benchmarks.corpus` describes (WCXB dev). Prints the F1 of both stages out of fold by
domain, and with `--write` fits on all pages and writes `bot/extract/model/blocks-*.txt`. The same data,
library versions and seed give the same trees.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import lightgbm
import numpy as np
from numpy.typing import NDArray

from benchmarks.corpus import Sample, made, samples
from benchmarks.folds import ByFold
from benchmarks.scoring import score, score_page
from benchmarks.tree_text import tree_lines, write_trees
from bot.extract.align import Floats, PageIndex
from bot.extract.article import clean
from bot.extract.blocks import Blocks, split
from bot.extract.body import paragraphs
from bot.extract.cascade import THRESHOLDS, Evidence, Setting, Step, choose, weigh
from bot.extract.charset import decode
from bot.extract.cleanup import dropped
from bot.extract.facts import gather
from bot.extract.features import FIRST, SECOND, Shares, candidates, first_table, second_table
from bot.extract.head import read_head
from bot.extract.readers import Desk, Document
from bot.extract.tree import parse
from bot.extract.trees import Trees

FOLDS = 5
ROUNDS = (100, 80)
MODEL = Path(__file__).parent.parent / "bot" / "extract" / "model"
PARAMETERS = {
    "objective": "cross_entropy",
    "num_leaves": 8,
    "learning_rate": 0.1,
    "min_data_in_leaf": 100,
    "feature_fraction": 0.4,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 10,
    "seed": 7,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbose": -1,
}
_LEAST_ORACLE = 0.9
_LEAST_VOTE = 0.5
_FEW_WORDS = 80
_POWER = 0.8


@dataclass(slots=True)
class Case:
    """One page made ready: its first table, the true share of each block, and what the cascade asks for."""

    sample: Sample
    title: str
    blocks: Blocks
    shares: Shares
    table: Floats
    label: Floats
    near: NDArray[np.bool_]
    votes: NDArray[np.int64]
    usable: bool
    p: list[Floats] = field(default_factory=list)

    @property
    def words(self) -> Floats:
        return self.table[:, FIRST.index("words")]

    @property
    def weight(self) -> Floats:
        return np.asarray((self.words / max(_FEW_WORDS, float((self.label * self.words).sum()))) ** _POWER)

    def evidence(self, stage: int) -> Evidence:
        """As the cascade gets it, with the out-of-fold answers of a stage."""
        return Evidence(self.blocks, self.words, self.shares, lambda: self.p[stage], lambda: self.votes)


def text_of(blocks: Blocks, keep: NDArray[np.bool_]) -> str:
    return "\n".join(text for text, kept in zip(blocks.texts, keep, strict=True) if kept)


def case_of(sample: Sample) -> Case | None:
    root = parse(decode(sample.page.content, sample.page.content_type))
    if root is None:
        return None
    title = gather(root, read_head(root, sample.url), sample.url).title
    clean(root, sample.url)
    blocks = split(root)
    if not len(blocks):
        return None
    evidence = weigh(blocks, Desk(Document(sample.url, root)))
    index = PageIndex(blocks)
    label = index.shares(index.cover(sample.body))
    votes = evidence.votes()
    usable = (
        score_page(sample.body, text_of(blocks, label >= 0.5)).f1 >= _LEAST_ORACLE
        and score_page(sample.body, text_of(blocks, votes >= 3)).f1 > _LEAST_VOTE
    )
    table = first_table(blocks, evidence.shares)
    near = candidates(evidence.shares)
    return Case(sample, title, blocks, evidence.shares, table, label, near, votes, usable)


def cases_of(wanted: Sequence[Sample], cache: Path | None) -> list[Case]:
    """The articles among the pages, made ready; those without a block are left out."""
    articles = [sample for sample in wanted if sample.kind == "article"]
    return [case for case in made(case_of, articles, cache, "blocks") if case is not None]


Table = Callable[[Case], Floats]


def fit(cases: Sequence[Case], table: Table, rounds: int) -> Any:
    rows = np.vstack([table(case)[case.near] for case in cases])
    label = np.concatenate([case.label[case.near] for case in cases])
    weight = np.concatenate([case.weight[case.near] for case in cases])
    return lightgbm.train(PARAMETERS, lightgbm.Dataset(rows, label, weight=weight), rounds)


def predict(booster: Any, case: Case, table: Table) -> Floats:
    p = np.zeros(len(case.blocks))
    if case.near.any():
        p[case.near] = booster.predict(table(case)[case.near])
    return p


def stages() -> tuple[Table, Table]:
    """The table of each stage; the second needs the first's out-of-fold answers in `case.p`."""
    return (lambda case: case.table), (lambda case: second_table(case.table, case.p[0]))


def out_of_fold(cases: Sequence[Case]) -> list[list[Any]]:
    """Fill `case.p` with the answers of trees that never saw a page of the case's domain.

    Gives back those trees: for each stage, one for each fold.
    """
    boosters: list[list[Any]] = []
    for table, rounds in zip(stages(), ROUNDS, strict=True):
        found: dict[str, Floats] = {}
        boosters.append([])
        for number in range(FOLDS):
            others = [case for case in cases if case.usable and case.sample.fold(FOLDS) != number]
            boosters[-1].append(booster := fit(others, table, rounds))
            for case in cases:
                if case.sample.fold(FOLDS) == number:
                    found[case.sample.key] = predict(booster, case, table)
        for case in cases:
            case.p.append(found[case.sample.key])
    return boosters


def write(cases: Sequence[Case]) -> None:
    usable = [case for case in cases if case.usable]
    for number, (table, rounds, columns) in enumerate(
        zip(stages(), ROUNDS, (FIRST, FIRST + SECOND), strict=True), 1
    ):
        booster = fit(usable, table, rounds)
        write_trees(MODEL / f"blocks-{number}.txt", booster, columns, "benchmarks.fit_blocks")
        check(booster, np.vstack([table(case)[case.near] for case in usable[:50]]))


def trees_by_fold(wanted: Sequence[Sample], cache: Path | None) -> ByFold:
    """For each fold the block model as the package would hold it, fitted on the other folds only."""
    first, second = out_of_fold(cases_of(wanted, cache))
    return [(Trees(tree_lines(one)), Trees(tree_lines(two))) for one, two in zip(first, second, strict=True)]


def check(booster: Any, rows: Floats) -> None:
    """The package's evaluation of the text must be LightGBM's."""
    apart = np.abs(Trees(tree_lines(booster)).predict(rows) - booster.predict(rows)).max()
    assert apart < 1e-3, f"the text of the trees answers {apart} apart from LightGBM"


def answer(case: Case, stage: int, setting: Setting) -> tuple[str, str]:
    """The text and the step that decided, with answers of trees that never saw the page's domain."""
    choice = choose(case.evidence(stage), setting)
    found = paragraphs(case.blocks, np.flatnonzero(choice.keep).tolist())
    out = dropped([paragraph.text for paragraph in found], case.title)
    return "\n".join(p.text for at, p in enumerate(found) if at not in out), choice.step


def report(cases: Sequence[Case], lost: int) -> None:
    """`lost` articles had no block at all; they count as empty answers."""
    for setting in THRESHOLDS:
        for stage, name in enumerate(("one stage", "two stages")):
            answers = [answer(case, stage, setting) for case in cases]
            pages = [
                score_page(case.sample.body, text) for case, (text, _) in zip(cases, answers, strict=True)
            ]
            total = score(pages + [score_page("lost", "")] * lost)
            steps = {step: sum(step == taken for _, taken in answers) for step in get_args(Step)}
            print(
                f"{setting}, {name}: F1 {total.f1:.4f}, precision {total.precision:.4f}, recall"
                f" {total.recall:.4f}, under a half {total.below_half}, steps {steps}"
            )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    everything = samples(options.data)
    cases = cases_of(everything, options.cache)
    print(f"{len(cases)} pages, {sum(case.usable for case in cases)} of them to learn from")
    out_of_fold(cases)
    report(cases, sum(sample.kind == "article" for sample in everything) - len(cases))
    if options.write:
        write(cases)
        print(f"written to {MODEL}")


if __name__ == "__main__":
    main()
