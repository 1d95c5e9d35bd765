"""The score of the article-extraction-benchmark, implemented from its description.

A text is split into words (`\\w+`), and these into overlapping runs of four, with their counts. Precision
is averaged over the pages with a result, recall over the pages with a true text; F1 is the harmonic mean of
the two averages (https://github.com/scrapinghub/article-extraction-benchmark).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

_WORD = re.compile(r"\w+")
_RUN = 4


@dataclass(frozen=True, slots=True)
class PageScore:
    precision: float | None
    recall: float | None
    f1: float
    exact: bool


@dataclass(frozen=True, slots=True)
class Score:
    f1: float
    precision: float
    recall: float
    exact: float
    empty: int
    below_half: int


def score_page(truth: str, answer: str) -> PageScore:
    true, given = _WORD.findall(truth), _WORD.findall(answer)
    wanted, found = _runs(true), _runs(given)
    shared = (wanted & found).total()
    sizes = wanted.total(), found.total()
    return PageScore(
        shared / sizes[1] if sizes[1] else None,
        shared / sizes[0] if sizes[0] else None,
        2 * shared / sum(sizes) if any(sizes) else 1.0,
        true == given,
    )


def score(pages: Sequence[PageScore]) -> Score:
    precision = fmean([page.precision for page in pages if page.precision is not None] or [0.0])
    recall = fmean([page.recall for page in pages if page.recall is not None] or [0.0])
    both = precision + recall
    return Score(
        2 * precision * recall / both if both else 0.0,
        precision,
        recall,
        fmean(page.exact for page in pages),
        sum(page.precision is None for page in pages),
        sum(page.f1 < 0.5 for page in pages),
    )


def _runs(words: list[str]) -> Counter[tuple[str, ...]]:
    if not words:
        return Counter()
    if len(words) <= _RUN:
        return Counter([tuple(words)])
    return Counter(zip(*(words[start:] for start in range(_RUN)), strict=False))
