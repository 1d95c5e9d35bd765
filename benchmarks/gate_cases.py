"""Training pages of the article gate: their features, and what the rules before the gate say."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import numpy as np

from benchmarks.built_pages import BuiltSample, built_samples
from benchmarks.page_corpus import Sample, map_samples
from benchmarks.unseen_domains import ByFold, trees_without_domain
from bot.core.models import Article
from bot.core.skip_reasons import SkipReason
from bot.extract import extract, extractor
from bot.extract.alignment import Floats
from bot.extract.article_gate import ARTICLE, KINDS


@dataclass(frozen=True, slots=True)
class GateCase:
    sample: Sample
    names: tuple[str, ...]
    row: tuple[float, ...]
    """Empty if a rule refused the page. Built pages always have a row: they are there to train the gate."""
    reason: SkipReason | None
    """The reason of the rule that refused the page."""

    @property
    def is_article(self) -> bool:
        return self.sample.kind == ARTICLE

    @property
    def is_built(self) -> bool:
        return isinstance(self.sample, BuiltSample)

    def fold(self, folds: int, split: int) -> int:
        """The same fold for every page of a domain; another division into folds for each `split`."""
        return int(hashlib.sha256(f"{split}:{self.sample.domain}".encode()).hexdigest(), 16) % folds


class CaseReader:
    """Reads the features of a page, with a block model that saw no page of its domain."""

    def __init__(self, trees: ByFold) -> None:
        self._trees = trees

    def __call__(self, sample: Sample) -> GateCase:
        row, reason = self._read(sample, with_rules=True)
        if reason is not None and isinstance(sample, BuiltSample):
            row, _ = self._read(sample, with_rules=False)
        elif reason is not None:
            row = ()
        return GateCase(sample, tuple(name for name, _ in row), tuple(value for _, value in row), reason)

    def _read(
        self, sample: Sample, *, with_rules: bool
    ) -> tuple[tuple[tuple[str, float], ...], SkipReason | None]:
        no_rules = patch.object(extractor, "refuse_before_reading", lambda *_: None)
        with trees_without_domain(sample, self._trees), nullcontext() if with_rules else no_rules:
            extraction = extract(sample.page, strictness="lenient", explain=True)
        result = extraction.result
        return extraction.gate_features, None if isinstance(result, Article) else result.reason


def gate_cases(corpus: Sequence[Sample], trees: ByFold, cache: Path | None) -> Iterator[GateCase]:
    """The cases of the corpus, then those of the built pages."""
    return map_samples(CaseReader(trees), [*corpus, *built_samples(corpus)], cache, "gate")


def table(cases: Sequence[GateCase]) -> Floats:
    return np.array([case.row for case in cases])


def labels(cases: Sequence[GateCase]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The index of each case's kind in `KINDS`."""
    return np.array([KINDS.index(case.sample.kind) for case in cases])
