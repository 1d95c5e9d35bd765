"""Fit the judge of sentences in `bot/summarize/data` on annotated articles.

    python -m benchmarks.fit_sentences ANNOTATED... --own DATA            print the share of right labels
    python -m benchmarks.fit_sentences ANNOTATED... --own DATA --write    and store the model of all articles

ANNOTATED are files or folders of `benchmarks.annotated_articles`. DATA is the data folder: with it, the
project's own annotations are added (`benchmarks.own_annotations`), and all pages of a site are in one fold.
Each step is fitted on what the step before says of articles in other folds. The model of a fold has seen no
label of that fold, except through those probabilities of the articles that it learns from.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np

from benchmarks.annotated_articles import AnnotatedArticle, folds_of, load
from benchmarks.gram_fit import GramData
from benchmarks.network_fit import Lessons, fit_network
from benchmarks.own_annotations import load_own
from benchmarks.sentence_cases import GAINS, Case, case_of, foreign
from benchmarks.tree_text import tree_lines, write_trees
from bot.core.boosted_trees import BoostedTrees
from bot.summarize import precis_method
from bot.summarize.judge.sentence_model import SentenceModel, blended, kind_table, pick_table
from bot.summarize.judge.sentence_network import SentenceNetwork
from bot.summarize.judge.word_grams import CLASSES, GramModel
from bot.summarize.word_statistics import Floats, Ints

FOLDS = 5
FOREIGN_SHARE = 4
"""One article in so many is also learned as one in a language of which no word is known."""
_TREES: dict[str, Any] = {
    "num_leaves": 8, "learning_rate": 0.06, "min_data_in_leaf": 40, "feature_fraction": 0.3,
    "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 5, "max_bin": 63, "seed": 7,
    "deterministic": True, "force_row_wise": True, "num_threads": 1, "verbose": -1,
}  # fmt: skip
_KINDS = {
    **_TREES,
    "objective": "multiclass",
    "num_class": len(CLASSES),
    "learning_rate": 0.1,
    "min_data_in_leaf": 30,
}
_RANKS = {**_TREES, "objective": "lambdarank", "label_gain": list(range(7)), "lambdarank_truncation_level": 6}
_BINARY = {**_TREES, "objective": "binary"}
SEEDS = (1, 2)
"""One network for each."""
ROUNDS = {"kinds": 180, "ranks": 150, "firsts": 100, "picks": 150}


class Stack:
    """The three steps, fitted by fold and on everything."""

    def __init__(self, cases: Sequence[Case], folds: Sequence[int]) -> None:
        copies = [number for number in range(len(cases)) if number % FOREIGN_SHARE == 0]
        self.cases = [*cases, *(foreign(cases[number]) for number in copies)]
        self._article = np.repeat(np.arange(len(self.cases)), [len(case.texts) for case in self.cases])
        self._fold = np.array([*folds, *(folds[number] for number in copies)])[self._article]
        self._own = np.array([not case.foreign for case in self.cases])[self._article]
        self._labels: Ints = np.array([label for case in self.cases for label in case.labels])
        self._gains: Ints = np.array([gain for case in self.cases for gain in case.gains])
        judged = np.array([bool(case.annotated.picks) for case in self.cases])[self._article]
        self._picked: Ints = np.where(judged, self._gains >= GAINS["pick"], -1)
        own = [case for case in self.cases if not case.foreign]
        self._data = GramData(
            [text for case in own for text in case.texts],
            list(self._article[: sum(len(c.texts) for c in own)]),
        )
        self._fit_folds(sorted(set(folds)))

    def _fit_folds(self, folds: Sequence[int]) -> None:
        grams = {
            k: self._data.fit(self._labels, self._picked, np.flatnonzero((self._fold != k) & self._own))
            for k in folds
        }
        self._by_words = self._over_cases(lambda number, k: _judged_by_words(self.cases[number], grams[k]))
        self._kinds = self._tables(kind_table, self._by_words)
        kinds = {k: self._fit_kinds(self._fold != k) for k in folds}
        networks = {k: self._fit_networks(self._fold != k) for k in folds}
        bounds = np.searchsorted(self._article, np.arange(1, len(self.cases)))
        tables = np.split(self._kinds, bounds)
        outputs = self._over_cases(lambda number, k: networks[k].outputs(tables[number]))
        sums = np.zeros((len(self._kinds), len(CLASSES)))
        for k, booster in kinds.items():
            sums[self._fold == k] = booster.predict(self._kinds[self._fold == k], raw_score=True)
        self.probabilities = np.split(blended(sums, np.vstack(outputs)), bounds)
        self._picks = self._tables(pick_table, self._by_words, self.probabilities)
        self.models = {
            k: SentenceModel(
                grams[k], networks[k], _trees(kinds[k]), *map(_trees, self._fit_picks(self._fold != k))
            )
            for k in folds
        }

    def final(self) -> tuple[dict[str, tuple[int, ...]], SentenceNetwork, dict[str, Any]]:
        """The weights of the grams, the networks and LightGBM's models, fitted on all articles."""
        every = np.ones(len(self._fold), dtype=bool)
        grams = self._data.weights(self._labels, self._picked, np.flatnonzero(self._own))
        ranks, firsts, picks = self._fit_picks(every)
        boosters = {"kinds": self._fit_kinds(every), "ranks": ranks, "firsts": firsts, "picks": picks}
        return grams, self._fit_networks(every), boosters

    def right_labels(self) -> float:
        """The share of sentences whose most probable class, out of fold, is their label."""
        found = np.concatenate([p.argmax(axis=1) for p in self.probabilities])
        return float((found == self._labels)[self._own].mean())

    def _over_cases(self, function: Any) -> list[Floats]:
        """The result of the function for each case, its number and its fold."""
        bounds = np.searchsorted(self._article, np.arange(len(self.cases)))
        return [function(number, int(self._fold[at])) for number, at in enumerate(bounds)]

    def _tables(self, function: Any, *parts: Sequence[Floats]) -> Floats:
        return np.vstack(
            [function(case.signals, *row) for case, *row in zip(self.cases, *parts, strict=True)]
        )

    def _fit_kinds(self, rows: Any) -> Any:
        return lightgbm.train(
            _KINDS, lightgbm.Dataset(self._kinds[rows], self._labels[rows]), ROUNDS["kinds"]
        )

    def _fit_networks(self, rows: Any) -> SentenceNetwork:
        news: Ints = (self._gains == GAINS["first"]).astype(np.int64)
        lessons = Lessons(self._kinds, self._labels, self._picked, news, self._article)
        return fit_network(lessons.of_rows(rows), SEEDS)

    def _fit_picks(self, rows: Any) -> tuple[Any, Any, Any]:
        judged = (self._picked >= 0) & rows
        table, gains = self._picks[judged], self._gains[judged]
        sizes = np.bincount(self._article[judged])
        ranked = lightgbm.Dataset(table, gains, group=sizes[sizes > 0])
        return (
            lightgbm.train(_RANKS, ranked, ROUNDS["ranks"]),
            lightgbm.train(_BINARY, lightgbm.Dataset(table, gains == GAINS["first"]), ROUNDS["firsts"]),
            lightgbm.train(_BINARY, lightgbm.Dataset(table, gains >= GAINS["pick"]), ROUNDS["picks"]),
        )


def _judged_by_words(case: Case, grams: GramModel) -> Floats:
    return grams.judge(case.texts) if case.language else grams.without_words(len(case.texts))


def _trees(booster: Any) -> BoostedTrees:
    return BoostedTrees(tree_lines(booster))


def stack_of(articles: Sequence[AnnotatedArticle], truth: Path | None, folds: int = FOLDS) -> Stack:
    return Stack([case_of(one) for one in articles], folds_of(articles, folds, truth))


def write(stack: Stack, folder: Path) -> None:
    """Store the model of all articles."""
    grams, networks, boosters = stack.final()
    lines = (f"{gram}\t{' '.join(map(str, numbers))}" for gram, numbers in grams.items())
    (folder / "grams.txt").write_text("\n".join(lines) + "\n", "utf-8")
    heading = f"# made by benchmarks.fit_sentences; columns: {' '.join(stack.cases[0].names)}"
    (folder / "networks.txt").write_text("\n".join([heading, *networks.to_lines()]) + "\n", "ascii")
    for name, booster in boosters.items():
        write_trees(
            folder / f"{name}.txt",
            tree_lines(booster),
            list(stack.cases[0].names),
            "benchmarks.fit_sentences",
        )


def add_data_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that `articles_of` reads."""
    parser.add_argument("data", metavar="ANNOTATED", type=Path, nargs="+")
    parser.add_argument(
        "--own", metavar="DATA", type=Path, help="the data folder of the project's own annotations"
    )


def articles_of(options: argparse.Namespace) -> tuple[list[AnnotatedArticle], Path | None]:
    """The articles of the options, and the path of WCXB's truth.json in the data folder."""
    own = load_own(options.own) if options.own else []
    articles = {one.id: one for one in (*own, *load(options.data))}
    truth = options.own / "wcxb-dev" / "truth.json" if options.own else None
    return list(articles.values()), truth


def main() -> None:
    """Fit, print how well the folds are judged, and store the model."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add_data_options(parser)
    parser.add_argument("--write", action="store_true", help="store the model in the package")
    options = parser.parse_args()
    stack = stack_of(*articles_of(options))
    print(f"{stack.right_labels():.1%} of the labels are right, out of fold")
    if options.write:
        write(stack, Path(precis_method.__file__).parent / "data")


if __name__ == "__main__":
    main()
