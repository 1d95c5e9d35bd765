"""The table of `benchmarks.extraction`: the results of each method on all pages."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.extraction_score import PageScore, score, score_page
from benchmarks.leaked_lines import KINDS, leaked_kinds
from benchmarks.page_corpus import Sample

BASE = "precise"
"""The method whose time is 1: trafilatura in its precise mode."""
_LABELS = {
    "precise": "trafilatura, precise",
    "balanced": "trafilatura, balanced",
    "readability": "readability-lxml",
    "vote": "vote of five",
    "block model": "block model alone",
    "Precis": "**Precis**",
}
_COLUMNS = (
    "F1",
    "precision",
    "recall",
    "under .5",
    "errors",
    "time, total",
    "mean of pages",
    "median",
    "95th",
)


@dataclass(frozen=True, slots=True)
class MethodResult:
    """The result of one method on one page, and its CPU time."""

    text: str
    step: str
    error: str
    seconds: float


@dataclass(slots=True)
class MethodScores:
    """The results of one method on all pages."""

    name: str
    scores: list[PageScore] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    leaks: Counter[str] = field(default_factory=Counter)
    steps: Counter[str] = field(default_factory=Counter)
    errors: int = 0

    def add(self, sample: Sample, outcome: MethodResult, figcaptions: frozenset[str]) -> None:
        self.seconds.append(outcome.seconds)
        self.scores.append(score_page(sample.body, outcome.text))
        self.leaks.update(leaked_kinds(outcome.text, sample.body, figcaptions))
        self.errors += bool(outcome.error)
        if outcome.step:
            self.steps[outcome.step] += 1

    def line(self, base: Sequence[float]) -> str:
        """The row as text; `base` are the times of `BASE` on the same pages."""
        total = score(self.scores)
        ms = sorted(1000 * second for second in self.seconds)
        leaked = " ".join(f"{self.leaks[kind]:>3}" for kind in KINDS)
        steps = ", ".join(f"{step} {count / len(ms):.0%}" for step, count in self.steps.most_common())
        times = "  ".join(f"{ratio:5.2f}" for ratio in self._ratios(base))
        return (
            f"{self.name:<18}{total.f1:.4f}  {total.precision:.4f}  {total.recall:.4f}  {total.exact:.3f}"
            f"  {total.below_half:>4}  {leaked}  {self.errors:>6}  {statistics.median(ms):6.1f}"
            f"  {ms[int(0.95 * (len(ms) - 1))]:6.1f}  {times}  {steps}"
        )

    def markdown(self, base: Sequence[float]) -> str:
        """The row as in docs/explanation/extraction.md."""
        total = score(self.scores)
        quality = [f"{value:.3f}".lstrip("0") for value in (total.f1, total.precision, total.recall)]
        times = [f"{ratio:.2f}" for ratio in self._ratios(base)]
        counts = [str(count) for count in (total.below_half, self.errors)]
        return _row(
            [
                _LABELS.get(self.name, self.name),
                *quality,
                *counts,
                *times,
                *(str(self.leaks[kind]) for kind in KINDS),
            ]
        )

    def _ratios(self, base: Sequence[float]) -> tuple[float, float, float, float]:
        """Of all pages together; then the mean, median and 95th percentile of those of single pages."""
        ratios = sorted(own / other for own, other in zip(self.seconds, base, strict=True))
        return (
            sum(self.seconds) / sum(base),
            statistics.mean(ratios),
            statistics.median(ratios),
            ratios[int(0.95 * (len(ratios) - 1))],
        )


def print_table(rows: Sequence[MethodScores], pages: int, folds: int, *, markdown: bool) -> None:
    """Print a row for each method; `folds` is 0 if the trees of the package were used."""
    base = next(row for row in rows if row.name == BASE).seconds
    if markdown:
        heading = [f"{pages} articles", *_COLUMNS, *KINDS]
        best_first = sorted(rows, key=lambda row: -score(row.scores).f1)
        lines = [_row(heading), "|---" * len(heading) + "|", *(row.markdown(base) for row in best_first)]
        print("\n".join(lines))
        return
    trees = f"trees out of {folds} folds by domain" if folds else "the package's trees"
    print(f"{pages} articles; {trees}; leaks in pages: {', '.join(KINDS)}")
    print(
        "                      F1    prec.     rec.  exact   <.5   leaks"
        + " " * 16
        + "errors  median     p95  ratio   mean median    p95  steps"
    )
    for row in rows:
        print(row.line(base))


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
