"""Measure summaries by a reader's judgement of every sentence.

    python -m benchmarks.reader_judgement ANNOTATED... [--own DATA] [--folds 5] [--systems lead,lsa]

ANNOTATED and DATA are those of `benchmarks.fit_sentences`. Every system is called with the default length.
"out of fold" judges each article by a model that saw no article of the same fold; "precis" is the model of
the package, which may have learned from these articles.

In percent of the articles with picks: all sentences fine; at least one that leans, is not prose or a
fragment, or is empty; the most important pick present; precision, recall and F1 of the picks. Then the mean
number of sentences, for how many of the articles without picks nothing is chosen ("refused"), and for how
many with picks ("lost").
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from benchmarks.annotated_articles import MEASURES, AnnotatedArticle, folds_of, measures
from benchmarks.fit_sentences import FOLDS, Stack, add_data_options, articles_of
from benchmarks.sentence_cases import case_of
from benchmarks.summaries import lead
from bot.core.models import Article, LengthLimits
from bot.summarize import summarize
from bot.summarize.document import Document
from bot.summarize.length_budget import Budget
from bot.summarize.method_registry import METHODS
from bot.summarize.precis_method import PrecisSummarizer

System = Callable[[AnnotatedArticle], Sequence[str]]
LEAD_LENGTH = LengthLimits(4, 110, 0.0)


def of_method(method: str) -> System:
    return lambda one: summarize(one.article, LengthLimits(), method).sentences


def first_sentences(one: AnnotatedArticle) -> Sequence[str]:
    return lead(one.article, LEAD_LENGTH)


def out_of_fold(articles: Sequence[AnnotatedArticle], folds: int, truth: Path | None) -> System:
    """Precis' method, each article by a model that has seen none of its fold."""
    numbers = folds_of(articles, folds, truth)
    stack = Stack([case_of(one) for one in articles], numbers)
    models = {one.id: stack.models[number] for one, number in zip(articles, numbers, strict=True)}

    def run(one: AnnotatedArticle) -> Sequence[str]:
        return precis_sentences(one.article, PrecisSummarizer(one.article.language, model=models[one.id]))

    return run


def precis_sentences(article: Article, method: PrecisSummarizer) -> list[str]:
    """What `summarize` returns for an article, by this instance of the method."""
    registered = METHODS["precis"]
    document = Document(article, registered.limits, every_kind=registered.every_kind)
    return [str(one) for one in method(document, Budget.for_article(LengthLimits(), article.word_count))]


def table_row(name: str, articles: Sequence[AnnotatedArticle], chosen: Sequence[Sequence[int]]) -> str:
    """One line of the table: the mean of each measure, and the last three columns."""
    picked = [(one, numbers) for one, numbers in zip(articles, chosen, strict=True) if one.picks]
    rows = [list(measures(one, numbers).values()) for one, numbers in picked]
    without = [numbers for one, numbers in zip(articles, chosen, strict=True) if not one.picks]
    means = 100 * np.mean(rows, axis=0)
    refused = f"{sum(not numbers for numbers in without)}/{len(without)}"
    lost = sum(not numbers for _, numbers in picked)
    size = np.mean([len(numbers) for _, numbers in picked])
    return f"{name:28}" + "".join(f"{value:12.1f}" for value in means) + f"{size:8.2f}{refused:>9}{lost:7}"


def main() -> None:
    """Print the table, for all articles and for each language."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add_data_options(parser)
    parser.add_argument("--folds", type=int, default=FOLDS)
    parser.add_argument("--systems", default="lead,lsa,precis,out of fold")
    options = parser.parse_args()
    articles, truth = articles_of(options)
    available: dict[str, Callable[[], System]] = {
        "lead": lambda: first_sentences,
        **{method: lambda method=method: of_method(method) for method in METHODS},  # type: ignore[misc]
        "out of fold": lambda: out_of_fold(articles, options.folds, truth),
    }
    heading = "".join(f"{name:>12}" for name in MEASURES) + f"{'length':>8}{'refused':>9}{'lost':>7}"
    print(f"{'':28}{heading}")
    for name in options.systems.split(","):
        system = available[name]()
        chosen = [one.line_numbers(system(one)) for one in articles]
        print(table_row(name, articles, chosen), flush=True)
        for language in sorted({one.language for one in articles}):
            part = [at for at, one in enumerate(articles) if one.language == language]
            row = table_row(
                f"  {language} ({len(part)})", [articles[k] for k in part], [chosen[k] for k in part]
            )
            print(row, flush=True)


if __name__ == "__main__":
    main()
