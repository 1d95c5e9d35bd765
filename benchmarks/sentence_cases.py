"""The sentences of annotated articles as the fit of the judge sees them: signals, labels and gains."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.annotated_articles import AnnotatedArticle
from bot.summarize import precis_method
from bot.summarize.article_analysis import analyse_article
from bot.summarize.document import Document
from bot.summarize.judge.feature_table import LANGUAGE_COLUMNS, feature_table
from bot.summarize.judge.word_grams import CLASSES
from bot.summarize.method_registry import METHODS
from bot.summarize.word_statistics import Floats

GAINS = {"pick": 3, "first": 6, "also": 1}


@dataclass(frozen=True)
class Case:
    """An annotated article with the signals of its sentences."""

    annotated: AnnotatedArticle
    language: str
    names: tuple[str, ...]
    signals: Floats
    texts: tuple[str, ...]
    lines: tuple[int, ...]
    """The number of the line that each sentence is, or 0."""
    foreign: bool = False
    """Whether it is learned as an article in an unknown language."""

    @property
    def labels(self) -> list[int]:
        return [CLASSES.index(self.annotated.labels[n - 1]) if n else CLASSES.index("F") for n in self.lines]

    @property
    def gains(self) -> list[int]:
        """What an editor gains by each sentence; a line that is split counts once."""
        seen, result = set[int](), list[int]()
        for n in self.lines:
            result.append(0 if n in seen else self._gain(n))
            seen.add(n)
        return result

    def _gain(self, n: int) -> int:
        if n in self.annotated.picks:
            return GAINS["first" if n == self.annotated.picks[0] else "pick"]
        return GAINS["also"] if n in self.annotated.also else 0


def case_of(annotated: AnnotatedArticle) -> Case:
    """Analyse an article as Precis' method does."""
    method = METHODS["precis"]
    document = Document(annotated.article, method.limits, every_kind=method.every_kind)
    paragraphs = [list(paragraph.sentences) for paragraph in document.paragraphs]
    analysis = analyse_article(paragraphs, document.title, document.language, precis_method.load_weights())
    table = feature_table(analysis, paragraphs, document.title, document.language)
    signals = table.rows.astype(np.float32).astype(float)
    lines = tuple(annotated.aligned(analysis.texts))
    return Case(annotated, document.language, table.names, signals, tuple(analysis.texts), lines)


def foreign(case: Case) -> Case:
    """The case as one in a language that the model does not know."""
    signals = case.signals.copy()
    signals[:, [case.names.index(name) for name in LANGUAGE_COLUMNS]] = 0
    return Case(case.annotated, "", case.names, signals, case.texts, case.lines, foreign=True)
