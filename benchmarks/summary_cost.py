"""Measure the processor time of Precis' method against other methods, its parts, and a very long article.

    OPENBLAS_NUM_THREADS=1 python -m benchmarks.summary_cost DATA [--each 20] [--words 700-1100]

DATA is that of `benchmarks.summaries`. Each article is summarised three times by each method; the shortest
time counts. All methods get the same Document: Precis' own splitter finds its sentences and words (sumy's own
tokenizer needs a download of NLTK). This part, "reading", is in the time of every method.

The first table has the mean milliseconds of an article, and the median and the mean of the ratio of Precis to
the method, article by article. The second has the parts of Precis' method, each without the parts that it
calls. The third is an article of 5,000 sentences of all articles: seconds, and the peak of the memory that
Python and numpy allocate. Precis reads the first 500 sentences of it.
"""

from __future__ import annotations

import argparse
import os
import time
import tracemalloc
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

import bot.summarize as package
from benchmarks.summary_corpora import available_corpora
from bot.core.boosted_trees import BoostedTrees
from bot.core.models import Article, LengthLimits
from bot.summarize import article_analysis, cohesion, person_names, precis_method, summarize
from bot.summarize.document import Document
from bot.summarize.judge import context, line_signals, mentions
from bot.summarize.judge.sentence_model import SentenceModel
from bot.summarize.judge.sentence_network import SentenceNetwork
from bot.summarize.judge.word_grams import GramModel
from bot.summarize.method_registry import METHODS
from bot.summarize.word_tokens import count_words

OTHERS = ("lsa", "luhn", "lexrank")
LONG = 5_000
_RUNS = 3
PARTS: tuple[tuple[str, Any, str], ...] = (
    ("reading: sentences", package, "Document"),
    ("words of the article", article_analysis, "WordStatistics"),
    ("cohesion", cohesion, "mark_sentences"),
    ("names", person_names, "find_names"),
    ("base score, importance", precis_method, "analyse_article"),
    ("signals: lines", line_signals, "line_signals"),
    ("signals: mentions", mentions, "mention_signals"),
    ("signals: context", context, "context_signals"),
    ("signals: table", precis_method, "feature_table"),
    ("words model", GramModel, "judge"),
    ("networks", SentenceNetwork, "outputs"),
    ("trees", BoostedTrees, "sums"),
    ("judge, rest", SentenceModel, "judge"),
    ("search", precis_method, "choose"),
)


def milliseconds(article: Article, method: str) -> float:
    """The shortest of three times."""
    return 1000 * min(_seconds(lambda: summarize(article, LengthLimits(), method)) for _ in range(_RUNS))


def _seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


@contextmanager
def timed_parts(spent: dict[str, float]) -> Iterator[None]:
    """Add the seconds of each part to `spent`, without those of the parts that it calls."""
    inner: list[float] = []

    def timer(label: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **options: Any) -> Any:
            inner.append(0.0)
            started = time.process_time()
            result = function(*args, **options)
            took = time.process_time() - started
            spent[label] += took - inner.pop()
            if inner:
                inner[-1] += took
            return result

        return run

    with ExitStack() as stack:
        for label, owner, name in PARTS:
            stack.enter_context(patch.object(owner, name, timer(label, getattr(owner, name))))
        yield


def print_ratios(articles: Sequence[Article]) -> None:
    ours = np.array([milliseconds(one, "precis") for one in articles])
    print(f"{'':24}{'ms':>8}{'ratio, median':>16}{'mean':>8}\n{'precis':24}{ours.mean():8.2f}")
    for method in OTHERS:
        theirs = np.array([milliseconds(one, method) for one in articles])
        ratios = ours / theirs
        print(f"{method:24}{theirs.mean():8.2f}{np.median(ratios):16.2f}{ratios.mean():8.2f}", flush=True)


def print_parts(articles: Sequence[Article]) -> None:
    spent: dict[str, float] = defaultdict(float)
    with timed_parts(spent):
        whole = sum(_seconds(lambda one=one: summarize(one, LengthLimits())) for one in articles)  # type: ignore[misc]
    spent["rest"] = whole - sum(spent.values())
    for label, seconds in spent.items():
        print(f"{label:24}{1000 * seconds / len(articles):8.2f}{100 * seconds / whole:7.0f} %")


def print_long(articles: Sequence[Article]) -> None:
    article = long_article(articles)
    summarize(article, LengthLimits())
    seconds = _seconds(lambda: summarize(article, LengthLimits()))
    tracemalloc.start()
    summarize(article, LengthLimits())
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    print(f"{LONG} sentences, {article.word_count} words: {seconds:.2f} s, {peak:.1f} MB")


def long_article(articles: Sequence[Article]) -> Article:
    """The sentences of the articles, from the first one again if there are too few."""
    found: list[str] = []
    while len(found) < LONG:
        for one in articles:
            found += [str(sentence) for sentence in Document(one, METHODS["precis"].limits).sentences]
    text = "\n\n".join(" ".join(found[at : at + 4]) for at in range(0, LONG, 4))
    return Article("", text, "en", 1.0, count_words(text))


def main() -> None:
    """Print the three tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--each", type=int, default=20, help="articles of each set")
    parser.add_argument("--words", default="700-1100", help="only articles of this length")
    options = parser.parse_args()
    shortest, longest = map(int, options.words.split("-"))
    sets = [
        [case.article for case in corpus.cases(options.data)] for corpus in available_corpora(options.data)
    ]
    fitting = [[one for one in each if shortest <= one.word_count <= longest] for each in sets]
    articles = [one for each in fitting for one in each[: options.each]]
    for method in ("precis", *OTHERS):
        milliseconds(articles[0], method)
    words = np.mean([one.word_count for one in articles])
    threads = os.environ.get("OPENBLAS_NUM_THREADS", "all")
    print(f"{len(articles)} articles, {words:.0f} words in the mean, threads of numpy: {threads}\n")
    print_ratios(articles)
    print()
    print_parts(articles)
    print()
    print_long([one for each in sets for one in each if one.language == "en"])


if __name__ == "__main__":
    main()
