"""Fit what chooses a reply: the prices of the search, and when an article gets no reply.

    python -m benchmarks.fit_reply ANNOTATED... --own DATA [--trials 200] [--part prices,refusal]

ANNOTATED and DATA are those of `benchmarks.fit_sentences`. Every article is judged out of fold. The sites are
divided into two halves; everything is chosen on the first, and the measures of both are printed.

Prices: a random search around those of the package. Its objective adds, in percent, the articles with only
fine sentences, those with the news, and F of the picks, each a quarter as much above its goal (GOALS), and
four times ROUGE-1 and ROUGE-2 on DATA/summaries (an eighth of the articles, also out of fold if they are
annotated).

Refusal: a logistic regression; its threshold loses one in 200 of the articles that deserve a reply.

Nothing is written: copy the numbers into `reply_selection.py` and `reply_refusal.py`.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from benchmarks.annotated_articles import MEASURES, AnnotatedArticle, folds_of, measures
from benchmarks.fit_sentences import FOLDS, Stack, add_data_options, articles_of
from benchmarks.rouge import rouge
from benchmarks.sentence_cases import case_of
from benchmarks.summary_corpora import FITTED_ONLY, SummaryCase, available_corpora
from bot.core.models import Article, LengthLimits
from bot.summarize.document import Document
from bot.summarize.judge.sentence_model import Judgement, SentenceModel
from bot.summarize.length_budget import Budget
from bot.summarize.method_registry import METHODS
from bot.summarize.precis_method import judged_article
from bot.summarize.reply_refusal import MIN_SENTENCES, deserves_no_reply, signs
from bot.summarize.reply_selection import PRICES, Candidates, Prices, choose
from bot.summarize.word_statistics import Floats

SPREADS: Mapping[str, float] = {
    "fine": 0.4, "fine_power": 0.1, "agreement": 0.3, "title": 0.15, "content": 0.5, "repetition": 0.2,
    "run": 0.02, "short": 0.2, "enough": 10, "share": 0.06,
}  # fmt: skip
"""How far a trial moves a price, in the mean."""
GOALS = {"fine": 70.0, "news": 75.0, "F": 52.0}
_EACH = 8
"""Of the sets for ROUGE, one in so many articles."""
_LOST = 1 / 200
_SEED = 1


@dataclass(frozen=True)
class Judged:
    """An article as the search sees it, and its budget."""

    candidates: Candidates
    judgement: Judgement
    texts: Sequence[str]
    budget: Budget

    def chosen(self, prices: Prices) -> tuple[int, ...]:
        if deserves_no_reply(self.judgement):
            return ()
        return choose(self.candidates, self.budget.sentences, self.budget.words, prices).indices


@dataclass(frozen=True)
class Annotated:
    """An annotated article, judged out of fold."""

    article: AnnotatedArticle
    judged: Judged
    lines: Sequence[int]

    def measures(self, prices: Prices) -> list[float]:
        chosen = {self.lines[at] for at in self.judged.chosen(prices)} - {0}
        return list(measures(self.article, sorted(chosen)).values())


def judged_by(model: SentenceModel, article: Article, length: LengthLimits) -> Judged:
    document = Document(article, METHODS["precis"].limits, every_kind=True)
    paragraphs = [list(paragraph.sentences) for paragraph in document.paragraphs]
    analysis, judgement, candidates = judged_article(paragraphs, document.title, document.language, model)
    return Judged(candidates, judgement, analysis.texts, Budget.for_article(length, article.word_count))


def mean_measures(cases: Sequence[Annotated], prices: Prices) -> Floats:
    """The mean of each of MEASURES over the articles with picks, in percent."""
    rows = [one.measures(prices) for one in cases if one.article.picks]
    result: Floats = 100 * np.mean(rows, axis=0)
    return result


def mean_rouge(sets: Sequence[Sequence[tuple[SummaryCase, Judged]]], prices: Prices) -> Floats:
    """ROUGE-1, 2 and Lsum, the mean over the sets."""
    means = []
    for cases in sets:
        scores = [
            rouge(
                [judged.texts[at] for at in judged.chosen(prices)],
                case.references,
                stem=case.article.language == "en",
            )
            for case, judged in cases
        ]
        means.append(np.mean(scores, axis=0))
    result: Floats = np.mean(means, axis=0)
    return result


def search(evaluate: Callable[[Prices], float], trials: int) -> Prices:
    """The best prices of a random search that starts at those of the package."""
    chance, best = random.Random(_SEED), PRICES
    value = evaluate(best)
    for number in range(trials):
        names = chance.sample(sorted(SPREADS), chance.choice([1, 2, 2, 3]))
        moved = {
            name: round(max(0.0, getattr(best, name) + chance.gauss(0, SPREADS[name])), 3) for name in names
        }
        trial = replace(best, **moved)
        found = evaluate(trial)
        if found > value:
            best, value = trial, found
            print(f"{number:4} {value:8.2f} {best}", flush=True)
    return best


def fit_refusal(cases: Sequence[Annotated], others: Sequence[Annotated]) -> str:
    """The weights of `reply_refusal.signs`, and what they refuse and lose in the other half."""
    table, empty = _refusal_table(cases)
    weights = _logistic(table, empty)
    values = np.sort(table[~empty] @ weights)[::-1]
    threshold = values[min(len(values) - 1, max(1, round(_LOST * len(values))))]
    other, other_empty = _refusal_table(others)
    refused = other @ weights > threshold
    return (
        f"weights {weights[:-1].round(2)}, threshold {threshold - weights[-1]:.2f}: of the other half "
        f"{(refused & other_empty).sum()} of {sum(not one.article.picks for one in others)} refused, "
        f"{(refused & ~other_empty).sum()} of {sum(bool(one.article.picks) for one in others)} lost"
    )


def _refusal_table(cases: Sequence[Annotated]) -> tuple[Floats, NDArray[np.bool_]]:
    long = [one for one in cases if len(one.lines) >= MIN_SENTENCES]
    rows = np.array([(*signs(one.judged.judgement), 1.0) for one in long])
    return rows, np.array([not one.article.picks for one in long], dtype=bool)


def _logistic(table: Floats, labels: NDArray[np.bool_]) -> Floats:
    """Weights of a logistic regression by Newton's method, with a small penalty."""
    weights = np.zeros(table.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-(table @ weights)))
        hessian = (table * (p * (1 - p))[:, None]).T @ table + 0.1 * np.eye(len(weights))
        weights -= np.linalg.solve(hessian, table.T @ (p - labels) + 0.1 * weights)
    return weights


def rouge_sets(
    folder: Path, model_of: Callable[[str], SentenceModel]
) -> list[list[tuple[SummaryCase, Judged]]]:
    """A part of each set; `model_of` gives the model that has not seen a text."""
    return [
        [
            (case, judged_by(model_of(case.article.text), case.article, corpus.length(case.article)))
            for case in corpus.cases(folder)[:400][::_EACH]
        ]
        for corpus in available_corpora(folder)
        if corpus.name not in FITTED_ONLY
    ]


def _start_of(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower()))[200:320]


def main() -> None:
    """Judge, search and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add_data_options(parser)
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--part", default="prices,refusal")
    options = parser.parse_args()
    articles, truth = articles_of(options)
    numbers = folds_of(articles, FOLDS, truth)
    cases = [case_of(one) for one in articles]
    models = Stack(cases, numbers).models
    judged = [
        Annotated(one, judged_by(models[number], one.article, LengthLimits()), case.lines)
        for one, number, case in zip(articles, numbers, cases, strict=True)
    ]
    halves = folds_of(articles, 2, truth)
    first, second = ([one for one, half in zip(judged, halves, strict=True) if half == k] for k in (0, 1))
    if "refusal" in options.part:
        print(fit_refusal(first, second))
        print(fit_refusal(second, first))
    if "prices" in options.part:
        seen = {_start_of(one.article.text): number for one, number in zip(articles, numbers, strict=True)}
        sets = rouge_sets(
            options.own / "summaries", lambda text: models[seen.get(_start_of(text), min(models))]
        )
        best = search(lambda prices: _objective(first, sets, prices), options.trials)
        _print_both(best, first, second, sets)


def _objective(
    cases: Sequence[Annotated], sets: Sequence[Sequence[tuple[SummaryCase, Judged]]], prices: Prices
) -> float:
    by_name = dict(zip(MEASURES, mean_measures(cases, prices), strict=True))
    scores = mean_rouge(sets, prices)
    judged = sum(
        min(by_name[name], goal) + max(0.0, by_name[name] - goal) / 4 for name, goal in GOALS.items()
    )
    return float(judged + 4 * (scores[0] + scores[1]))


def _print_both(
    best: Prices,
    first: Sequence[Annotated],
    second: Sequence[Annotated],
    sets: Sequence[Sequence[tuple[SummaryCase, Judged]]],
) -> None:
    print(f"{'':24}" + "".join(f"{name:>12}" for name in MEASURES) + "   ROUGE-1/2/Lsum")
    for name, prices in (("package", PRICES), ("found", best)):
        scores = "/".join(f"{value:.1f}" for value in mean_rouge(sets, prices))
        for half, cases in (("tuned", first), ("other", second)):
            row = "".join(f"{value:12.1f}" for value in mean_measures(cases, prices))
            print(f"{name + ', ' + half + ' half':24}{row}   {scores}")
    print(best)


if __name__ == "__main__":
    main()
