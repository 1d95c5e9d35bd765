"""Measure summaries: ROUGE at equal lengths, flaws by kind, time, and growth with the article's length.

    python -m benchmarks.summaries DATA [--most 200] [--folds 3] [--systems precis,lead,lsa]

DATA contains the sets named in `benchmarks/summary_corpora.py`. Every system gets the same sentences and
the same limit: 110 % of the set's number of words; it may stop below. "precis" is scored with weights of
words that were fitted on the other folds; "precis (shipped)" uses those of the package. Both use the
package's judge of sentences, which has learned from some of these articles. Flaws are counted by
`benchmarks/summary_flaws.py` in summaries of three sentences.
"""

from __future__ import annotations

import argparse
import random
import time
import tracemalloc
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.fit_summaries import MAX_PER_CORPUS, fit
from benchmarks.rouge import overlaps, rouge
from benchmarks.summary_corpora import FITTED_ONLY, Corpus, SummaryCase, available_corpora
from benchmarks.summary_flaws import KINDS, flaws
from bot.core.models import Article, LengthLimits
from bot.summarize import summarize
from bot.summarize.document import Document, InputLimits
from bot.summarize.length_budget import Budget
from bot.summarize.method_registry import METHODS
from bot.summarize.precis_method import PrecisSummarizer
from bot.summarize.word_tokens import count_words

System = Callable[[Article, LengthLimits], Sequence[str]]
_ALL = InputLimits(5_000, 150_000)
FLAWED = {"CNN/DM": 300, "BBC": 200}
"""The sets in which flaws are counted, and the number of articles of each."""


def lead(article: Article, length: LengthLimits) -> list[str]:
    """The first sentences that fit."""
    picked, left = [], Budget.for_article(length, article.word_count).words
    for sentence in Document(article, _ALL).sentences[: length.sentences]:
        if sentence.word_count > left:
            break
        picked.append(sentence.text)
        left -= sentence.word_count
    return picked


def newspaper(article: Article, length: LengthLimits) -> list[str]:
    """newspaper3k's own scores (newspaper.nlp), over the same sentences and under the same limit."""
    from newspaper import nlp

    nlp.load_stopwords("en")
    texts = [sentence.text for sentence in Document(article, _ALL).sentences]
    keys = nlp.keywords(article.text)
    title = nlp.split_words(article.title)
    scores = nlp.score(texts, title, keys)
    ranked = [texts[place] for (place, _), _ in scores.most_common()]
    return _in_order(texts, ranked, length, article)


def oracle(case: SummaryCase, length: LengthLimits) -> list[str]:
    """The upper limit of extraction: sentences chosen greedily by ROUGE-1 and 2 against the references."""
    texts = [sentence.text for sentence in Document(case.article, InputLimits(120, 6_000)).sentences]
    stem, picked, best = case.article.language == "en", list[str](), 0.0
    while True:
        trials = [[*picked, one] for one in texts if one not in picked]
        fitting = [trial for trial in trials if count_words(" ".join(trial)) <= length.words]
        scored = [(overlaps(trial, case.references, stem=stem), trial) for trial in fitting]
        value, trial = max(scored, default=(0.0, picked), key=lambda pair: pair[0])
        if value <= best:
            return picked
        best, picked = value, trial


def _in_order(
    texts: Sequence[str], ranked: Sequence[str], length: LengthLimits, article: Article
) -> list[str]:
    left, kept = Budget.for_article(length, article.word_count).words, set[str]()
    for text in ranked:
        if len(kept) < length.sentences and (size := count_words(text)) <= left and text not in kept:
            kept.add(text)
            left -= size
    return [text for text in texts if text in kept]


def ours(table: Mapping[str, Any]) -> System:
    """Precis's method with the weights of `table`."""

    def run(article: Article, length: LengthLimits) -> list[str]:
        document = Document(article, METHODS["precis"].limits, every_kind=True)
        method = PrecisSummarizer(document.language, table)
        return [str(one) for one in method(document, Budget.for_article(length, article.word_count))]

    return run


def of_method(method: str) -> System:
    return lambda article, length: summarize(article, length, method).sentences


def systems() -> dict[str, System]:
    """All systems by name, except the fitted ones and the oracle."""
    sumy = {name: of_method(name) for name in METHODS if name != "precis"}
    return {"lead": lead, "precis (shipped)": of_method("precis"), **sumy, "newspaper3k": newspaper}


def folds_of(cases: Sequence[SummaryCase], folds: int) -> list[list[SummaryCase]]:
    shuffled = list(cases)
    random.Random(5).shuffle(shuffled)
    return [shuffled[k::folds] for k in range(folds)]


def fitted(corpora: Mapping[str, list[list[SummaryCase]]], folds: int) -> list[Mapping[str, Any]]:
    """For each fold the weights fitted on the other folds."""
    tables: list[Mapping[str, Any]] = []
    for k in range(folds):
        others = [[c for j, fold in enumerate(sets) if j != k for c in fold] for sets in corpora.values()]
        tables.append(fit(case for cases in others for case in cases[:MAX_PER_CORPUS]))
    return tables


def measure(
    corpus: Corpus, sets: Sequence[Sequence[SummaryCase]], runs: Sequence[System]
) -> tuple[Any, float]:
    """Mean ROUGE and mean milliseconds; `runs` has one system per fold."""
    scores, spent = [], 0.0
    for cases, run in zip(sets, runs, strict=True):
        for case in cases:
            started = time.process_time()
            picked = run(case.article, corpus.length(case.article))
            spent += time.process_time() - started
            scores.append(rouge(picked, case.references, stem=case.article.language == "en"))
    return np.mean(scores, axis=0), 1000 * spent / max(1, len(scores))


def flawed(cases: Sequence[SummaryCase], run: System) -> str:
    """The percentage of summaries with any flaw, and with each kind of flaw."""
    found = [flaws(c.article.text, run(c.article, LengthLimits(3, 1_000_000, 0.0))) for c in cases]
    shares = [100 * sum(kind in one for one in found) / len(found) for kind in KINDS]
    return f"{100 * sum(map(bool, found)) / len(found):5.0f}%" + "".join(f"{share:12.1f}" for share in shares)


def growth(runs: Mapping[str, System]) -> None:
    """Print seconds for artificial articles of growing length, and the peak memory of Precis's method."""
    print(f"\n{'seconds for sentences':24}" + "".join(f"{n:>9}" for n in LENGTHS))
    articles = [artificial_article(n) for n in LENGTHS]
    for name, run in runs.items():
        print(f"{name:24}" + "".join(f"{_seconds(run, one):9.2f}" for one in articles), flush=True)
    shipped = of_method("precis")
    print(f"{'precis, megabytes':24}" + "".join(f"{_megabytes(shipped, one):9.1f}" for one in articles))


LENGTHS = (50, 200, 1_000, 5_000)


def _seconds(run: System, article: Article) -> float:
    started = time.process_time()
    run(article, LengthLimits())
    return time.process_time() - started


def _megabytes(run: System, article: Article) -> float:
    tracemalloc.start()
    run(article, LengthLimits())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


def artificial_article(sentences: int) -> Article:
    """An article of random words by Zipf's law: without a meaning, with the word counts of real text."""
    rng = random.Random(sentences)
    vocabulary = ["".join(rng.choices("abcdefghilmnoprstuv", k=rng.randint(3, 9))) for _ in range(8_000)]
    lines = []
    for _ in range(sentences):
        words = [vocabulary[int(rng.paretovariate(0.8)) % 8_000] for _ in range(rng.randint(8, 30))]
        lines.append(" ".join(words).capitalize() + ".")
    text = "\n\n".join(" ".join(lines[i : i + 4]) for i in range(0, sentences, 4))
    return Article("", text, "en", 1.0, count_words(text))


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--most", type=int, default=200, help="articles of each set")
    parser.add_argument("--folds", type=int, default=3)
    parser.add_argument("--systems", default="", help="only these, separated by commas")
    parser.add_argument("--oracle", action="store_true", help="the greedy oracle too (slow)")
    options = parser.parse_args()
    corpora = list(available_corpora(options.data))
    sets = {one.name: folds_of(one.cases(options.data)[: options.most], options.folds) for one in corpora}
    tables = fitted(sets, options.folds)
    runs: dict[str, list[System]] = {
        "precis": [ours(table) for table in tables],
    }
    runs |= {name: [system] * options.folds for name, system in systems().items()}
    if options.systems:
        runs = {name: runs[name] for name in options.systems.split(",")}
    _rouge_table([one for one in corpora if one.name not in FITTED_ONLY], sets, runs, oracle=options.oracle)
    _flaw_table(corpora, options.data, {name: each[0] for name, each in runs.items()})
    growth({name: each[0] for name, each in runs.items()})


def _rouge_table(
    corpora: Sequence[Corpus], sets: Mapping[str, Any], runs: Mapping[str, Any], *, oracle: bool
) -> None:
    names = [corpus.name for corpus in corpora]
    print(f"{'R1/R2/RL':24}{'mean':>16}" + "".join(f"{name:>16}" for name in names) + f"{'ms':>8}")
    for name, each in runs.items():
        found = [measure(corpus, sets[corpus.name], each) for corpus in corpora]
        print(
            _row(name, [score for score, _ in found]) + f"{np.mean([ms for _, ms in found]):8.1f}", flush=True
        )
    if oracle:
        print(_row("greedy oracle", [_oracle_score(corpus, sets[corpus.name]) for corpus in corpora]))


def _row(name: str, scores: Sequence[Any]) -> str:
    cells = ["/".join(f"{value:.1f}" for value in score) for score in (np.mean(scores, axis=0), *scores)]
    return f"{name:24}" + "".join(f"{cell:>16}" for cell in cells)


def _oracle_score(corpus: Corpus, sets: Sequence[Sequence[SummaryCase]]) -> Any:
    cases = [case for cases in sets for case in cases][:60]
    picked = [oracle(case, corpus.length(case.article)) for case in cases]
    scores = [
        rouge(one, case.references, stem=case.article.language == "en")
        for one, case in zip(picked, cases, strict=True)
    ]
    return np.mean(scores, axis=0)


def _flaw_table(corpora: Sequence[Corpus], folder: Path, runs: Mapping[str, System]) -> None:
    for corpus in (one for one in corpora if one.name in FLAWED):
        cases = corpus.cases(folder)[: FLAWED[corpus.name]]
        print(f"\n{'flawed, ' + corpus.name:24}{'any':>6}" + "".join(f"{kind:>12}" for kind in KINDS))
        for name, run in runs.items():
            print(f"{name:24}{flawed(cases, run)}", flush=True)


if __name__ == "__main__":
    main()
