"""Fit the weights in `bot/summarize/data/weights.json` on a folder of articles with reference summaries.

    python -m benchmarks.fit_summaries DATA              print the fitted weights
    python -m benchmarks.fit_summaries DATA --write      and store them

Three regressions: whether a reference contains a content word, and whether it contains a pair of
neighbouring words (logistic, on binned counts, by Newton's method with a small ridge), and how much a
sentence shares with the references (linear, within each article). The benchmark calls `fit` for each fold.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.rouge import tokens
from benchmarks.summary_corpora import SummaryCase, available_corpora
from bot.summarize import language_resources, precis_method, word_importance
from bot.summarize.article_analysis import analyse_article
from bot.summarize.document import Document, InputLimits
from bot.summarize.word_statistics import Floats, Ints, WordStatistics
from bot.summarize.word_tokens import to_words

MAX_PER_CORPUS = 500
_RIDGE = 3.0
_PRIOR_RIDGE = 50.0
_LIMITS = InputLimits(400, 12_000)


def fit(cases: Iterable[SummaryCase]) -> dict[str, Any]:
    """The weights for these articles, in the format of weights.json."""
    words, pairs, sentences = _Logistic(), _Logistic(), _Linear()
    for case in cases:
        document = Document(case.article, _LIMITS)
        text = WordStatistics([s.text for s in document.sentences], document.title, document.language)
        if not len(text.word_numbers):
            continue
        in_reference_words, in_reference_pairs = _in_references(text, case, document.language)
        bins = word_importance.word_bins(text)
        content = np.flatnonzero(text.is_content & (text.sentence_counts > 0))
        words.add({name: found[content] for name, found in bins.items()}, in_reference_words[content])
        pair_bins, keys = word_importance.pair_bins(text)[0], word_importance.pair_keys(text)
        pairs.add(pair_bins, np.isin(keys, in_reference_pairs))
        if len(text) > 3:
            sentences.add(*_sentence_targets(case, document))
    return {"prior": sentences.solve(), "word": words.solve(), "pair": pairs.solve()}


def _in_references(text: WordStatistics, case: SummaryCase, language: str) -> tuple[Floats, Ints]:
    """For each word number whether a reference contains it, and the keys of the pairs in the references."""
    number, size = text.vocabulary.number, text.vocabulary_size
    targets, keys = np.zeros(size, dtype=bool), []
    for sentence in (line for reference in case.references for line in reference):
        row = np.array(
            [n if (n := number(word)) < size else -1 for word in to_words(sentence)], dtype=np.int64
        )
        targets[row[row >= 0]] = True
        both = (row[:-1] >= 0) & (row[1:] >= 0)
        keys.append(row[:-1][both] * size + row[1:][both])
    return targets.astype(float), np.concatenate([*keys, np.zeros(0, dtype=np.int64)])


def _sentence_targets(case: SummaryCase, document: Document) -> tuple[dict[str, Floats], Floats]:
    """The features of each sentence, and how many words and pairs it shares with the references."""
    groups = [list(paragraph.sentences) for paragraph in document.paragraphs]
    reading = analyse_article(groups, document.title, document.language, precis_method.load_weights())
    stem = language_resources.language_code(case.article.language) == "en"
    reference = tokens(" ".join(line for one in case.references for line in one), stem=stem)
    return dict(reading.features), np.array(
        [_shared(tokens(one, stem=stem), reference) for one in reading.texts]
    )


def _shared(sentence: list[str], reference: list[str]) -> float:
    """Shared words plus twice the shared pairs, by length + 10, so that short sentences get no bonus."""
    one = (Counter(sentence) & Counter(reference)).total()
    two = (Counter(pairwise(sentence)) & Counter(pairwise(reference))).total()
    return (one + 2 * two) / (len(sentence) + 10)


class _Logistic:
    """Log-odds for each bin of each feature; the first bin is 0."""

    def __init__(self) -> None:
        self._bins: list[dict[str, Ints]] = []
        self._targets: list[Any] = []

    def add(self, bins: dict[str, Ints], targets: Any) -> None:
        self._bins.append(bins)
        self._targets.append(np.asarray(targets, dtype=float))

    def solve(self) -> dict[str, Any]:
        names = list(self._bins[0])
        sizes = {name: max(int(bins[name].max(initial=0)) for bins in self._bins) for name in names}
        targets = np.concatenate(self._targets)
        design = np.ones((len(targets), 1 + sum(sizes.values())), dtype=np.float32)
        column = 1
        for name in names:
            value = np.concatenate([bins[name] for bins in self._bins])
            for level in range(1, sizes[name] + 1):
                design[:, column] = value == level
                column += 1
        odds = _newton(design, targets)
        return {"intercept": round(float(odds[0]), 3), **_by_name(odds[1:], names, sizes)}


def _by_name(odds: Floats, names: Sequence[str], sizes: dict[str, int]) -> dict[str, list[float]]:
    result, at = {}, 0
    for name in names:
        result[name] = [0.0, *(round(float(one), 3) for one in odds[at : at + sizes[name]])]
        missing = len(word_importance.EDGES[name]) + 1 - len(result[name])
        result[name] += [result[name][-1]] * max(0, missing)
        at += sizes[name]
    return result


def _newton(design: Any, targets: Floats, steps: int = 8) -> Floats:
    odds = np.zeros(design.shape[1])
    ridge = np.full(design.shape[1], _RIDGE)
    ridge[0] = 0.0
    for _ in range(steps):
        p = 1 / (1 + np.exp(-(design @ odds)))
        slope = design.T @ (targets - p) - ridge * odds
        curve = (design * (p * (1 - p))[:, None].astype(np.float32)).T @ design + np.diag(ridge)
        odds = odds + np.linalg.solve(curve, slope)
    return odds


class _Linear:
    """Weights of the sentence features, from deviations within each article."""

    def __init__(self) -> None:
        self._rows: list[Floats] = []
        self._targets: list[Floats] = []
        self._names: list[str] = []

    def add(self, columns: dict[str, Floats], target: Floats) -> None:
        self._names = list(columns)
        spread = float(target.std())
        if spread < 1e-9:
            return
        matrix = np.column_stack(list(columns.values()))
        weight = 1 / np.sqrt(len(target))
        self._rows.append((matrix - matrix.mean(axis=0)) * weight)
        self._targets.append((target - target.mean()) / spread * weight)

    def solve(self) -> dict[str, float]:
        x, y = np.vstack(self._rows), np.concatenate(self._targets)
        scale = np.maximum(x.std(axis=0), 1e-9)
        curve = (x / scale).T @ (x / scale) + _PRIOR_RIDGE * np.eye(x.shape[1]) * len(y) / 1e6
        weights = np.linalg.solve(curve, (x / scale).T @ y) / scale
        return {name: round(float(one), 4) for name, one in zip(self._names, weights, strict=True)}


def main() -> None:
    """Fit, and print or store the weights."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "data", type=Path, help="folder with the sets that benchmarks/summary_corpora.py names"
    )
    parser.add_argument("--write", action="store_true", help="store the result in the package")
    options = parser.parse_args()
    cases = [
        case
        for corpus in available_corpora(options.data)
        for case in corpus.cases(options.data)[:MAX_PER_CORPUS]
    ]
    table = fit(cases)
    print(json.dumps(table, indent=1))
    if options.write:
        place = Path(precis_method.__file__).parent / "data" / "weights.json"
        place.write_text(json.dumps(table, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
