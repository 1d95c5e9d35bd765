"""How good and how fast extraction is: `python -m benchmarks.extraction DATA`.

One table over the articles of a data folder (`benchmarks.corpus`): each reader alone on the page as it came,
the vote of all five, the cascade's steps alone, and both settings of `bot.extract`. F1, precision,
recall and exact as `benchmarks.scoring` says, pages that leak as `benchmarks.leaks` says; processor time in
ms, and its ratio to trafilatura's precise mode over the same pages in the same run (each page by all rows in
turn). `--newspaper4k PYTHON` adds newspaper4k from another environment. `--gate` shows what is
refused instead. On the pages that the trees were fitted on, only `benchmarks.fit_blocks` is honest.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.corpus import Sample, samples
from benchmarks.leaks import KINDS, captions, leaks
from benchmarks.scoring import PageScore, score, score_page
from bot.extract import extract
from bot.extract.article import clean
from bot.extract.blocks import split
from bot.extract.body import paragraphs
from bot.extract.cascade import THRESHOLDS, Setting, by_vote, weigh
from bot.extract.charset import decode
from bot.extract.gate import Strictness
from bot.extract.readers import Desk, Document
from bot.extract.readers.desk import READERS
from bot.extract.tree import parse
from bot.models import NotArticle, Page

BASE = "precise"
_NEWSPAPER4K = """
import json, logging, sys, time
logging.disable(logging.CRITICAL)
import newspaper
for line in sys.stdin:
    job = json.loads(line)
    start = time.process_time()
    try:
        article = newspaper.Article(job["url"] or "http://localhost/", fetch_images=False)
        article.download(input_html=job["html"])
        article.parse()
        text, error = article.text, ""
    except Exception as problem:
        text, error = "", repr(problem)
    print(json.dumps([text, error, time.process_time() - start]), flush=True)
"""


@dataclass(slots=True)
class Row:
    """One way to read, and what came of it."""

    name: str
    read: Callable[[Page], tuple[str, str, str]]
    """A page in; text, step and error out."""
    scores: list[PageScore] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    leaks: Counter[str] = field(default_factory=Counter)
    steps: Counter[str] = field(default_factory=Counter)
    errors: int = 0

    def measure(self, sample: Sample, page: Page, figcaptions: frozenset[str]) -> None:
        start = time.process_time()
        text, step, error = self.read(page)
        self.add(sample, text, step, error, time.process_time() - start, figcaptions)

    def add(
        self, sample: Sample, text: str, step: str, error: str, seconds: float, figcaptions: frozenset[str]
    ) -> None:
        self.seconds.append(seconds)
        self.scores.append(score_page(sample.body, text))
        self.leaks.update(leaks(text, sample.body, figcaptions))
        self.errors += bool(error)
        if step:
            self.steps[step] += 1

    def line(self, base: float) -> str:
        total = score(self.scores)
        ms = sorted(1000 * second for second in self.seconds)
        leaked = " ".join(f"{self.leaks[kind]:>3}" for kind in KINDS)
        steps = ", ".join(f"{step} {count / len(ms):.0%}" for step, count in self.steps.most_common())
        return (
            f"{self.name:<18}{total.f1:.4f}  {total.precision:.4f}  {total.recall:.4f}  {total.exact:.3f}"
            f"  {total.below_half:>4}  {leaked}  {self.errors:>6}  {statistics.median(ms):6.1f}"
            f"  {ms[int(0.95 * (len(ms) - 1))]:6.1f}  {sum(self.seconds) / base:5.2f}  {steps}"
        )


def alone(name: str) -> Callable[[Page], tuple[str, str, str]]:
    """A single reader, on the page as it came."""

    def read(page: Page) -> tuple[str, str, str]:
        root = parse(decode(page.content, page.content_type))
        if root is None:
            return "", "", "empty"
        reading = Desk(Document(page.url, root)).read(name)
        return reading.text, "", reading.error

    return read


def vote(page: Page) -> tuple[str, str, str]:
    """The blocks that three of the five readers have."""
    root = parse(decode(page.content, page.content_type))
    if root is None:
        return "", "", "empty"
    clean(root, page.url)
    blocks = split(root)
    if not len(blocks):
        return "", "", ""
    choice = by_vote(weigh(blocks, Desk(Document(page.url, root))), THRESHOLDS["best"])
    kept = paragraphs(blocks, np.flatnonzero(choice.keep).tolist())
    return "\n".join(paragraph.text for paragraph in kept), "", ""


def ours(setting: Setting) -> Callable[[Page], tuple[str, str, str]]:
    def read(page: Page) -> tuple[str, str, str]:
        told = extract(page, setting=setting, explain=True)
        return told.answer.text, told.step or "refused early", ""

    return read


def newspaper4k(python: str, wanted: Sequence[Sample]) -> list[tuple[str, str, float]]:
    """Text, error and seconds of each page, from an environment that has newspaper4k."""
    jobs = "\n".join(
        json.dumps({"url": sample.url, "html": sample.page.content.decode("utf-8", "replace")})
        for sample in wanted
    )
    done = subprocess.run(
        [python, "-c", _NEWSPAPER4K], input=jobs, capture_output=True, text=True, check=True
    )
    return [tuple(json.loads(line)) for line in done.stdout.splitlines()]


def bodies(wanted: Sequence[Sample], python: str | None) -> None:
    rows = [Row(reader.name, alone(reader.name)) for reader in READERS]
    rows += [Row("vote", vote), Row("bot, default", ours("default")), Row("bot, best", ours("best"))]
    for row in rows:  # what is loaded at the first use is no page's fault
        row.read(wanted[0].page)
    seen = [captions(sample.page.content.decode("utf-8", "replace")) for sample in wanted]
    for sample, figcaptions in zip(wanted, seen, strict=True):
        page = sample.page
        for row in rows:
            row.measure(sample, page, figcaptions)
    if python:
        extra = Row("newspaper4k", alone(BASE))
        for sample, (text, error, seconds), figcaptions in zip(
            wanted, newspaper4k(python, wanted), seen, strict=True
        ):
            extra.add(sample, text, "", error, seconds, figcaptions)
        rows.insert(len(READERS), extra)
    base = sum(next(row for row in rows if row.name == BASE).seconds)
    print(f"{len(wanted)} articles; leaks in pages: {', '.join(KINDS)}")
    print(
        "                      F1    prec.     rec.  exact   <.5   leaks"
        + " " * 16
        + "errors  median     p95  ratio  steps"
    )
    for row in rows:
        print(row.line(base))
    print(f"largest size of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


def gate(wanted: Sequence[Sample], strictness: Strictness) -> None:
    """How many of each true type are refused, and why."""
    reasons: dict[str, Counter[str]] = {}
    for sample in wanted:
        answer = extract(sample.page, strictness=strictness)
        reason = answer.reason.value if isinstance(answer, NotArticle) else "kept"
        reasons.setdefault(sample.kind, Counter())[reason] += 1
    print(f"{strictness}:")
    for kind, found in sorted(reasons.items()):
        kept = found.pop("kept", 0)
        why = ", ".join(f"{reason} {count}" for reason, count in found.most_common())
        print(f"  {kind:<15} kept {kept:>4}, refused {found.total():>4}: {why}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--gate", action="store_true")
    parser.add_argument("--newspaper4k", metavar="PYTHON")
    parser.add_argument("--limit", type=int)
    options = parser.parse_args()
    everything = samples(options.data)
    if options.gate:
        for strictness in ("default", "strict"):
            gate(everything[: options.limit], strictness)
        return
    articles = [sample for sample in everything if sample.kind == "article"]
    bodies(articles[: options.limit], options.newspaper4k)


if __name__ == "__main__":
    main()
