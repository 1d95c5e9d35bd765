"""Pick one sentence after another, each time the one with the highest value, within the budget."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bot.summarize.article_analysis import ArticleAnalysis
from bot.summarize.length_budget import Budget
from bot.summarize.word_statistics import Floats

COVERAGE_WEIGHT, WORD_WEIGHT, SIMILARITY_WEIGHT = 15.0, 0.5, 0.3
BARE_SURNAME_PENALTY, TITLE_SURNAME_PENALTY = 6.0, 4.0
MIN_VALUE = 0.5
"""A sentence with a lower value is picked only if the summary has fewer than `ENOUGH_WORDS` words."""
MAX_SIMILARITY = 0.7
"""A sentence with at least this similarity to a picked one is never picked: it repeats it."""
ENOUGH_WORDS = 25
"""A summary with this many words needs no more sentences."""
FULL_SHARE = 0.9
"""The selection ends when the summary has this share of the allowed words."""


class GreedySelection:
    """The sentences picked so far, and the current values of the others."""

    def __init__(self, analysis: ArticleAnalysis, budget: Budget, *, use_cohesion: bool = True) -> None:
        self._analysis = analysis
        self._budget = budget
        self._use_cohesion = use_cohesion
        self._picked: list[int] = []
        self._words = 0
        self._similarity = np.zeros(len(analysis.texts))
        self._values: Floats = np.zeros(len(analysis.texts))
        self._penalties = np.array([sum(penalty for _, penalty in mark.penalties) for mark in analysis.marks])
        self._available = self._initially_available()

    def select(self) -> list[int]:
        """Pick sentences until the summary is complete; their indices in the order of the article."""
        while len(self._picked) < self._budget.sentences and self._words < FULL_SHARE * self._budget.words:
            self._values = self._current_values()
            available = self._available & (self._word_counts() <= self._budget.words - self._words)
            if not available.any():
                break
            best = int(np.argmax(np.where(available, np.round(self._values, 9), -np.inf)))
            if self._words >= ENOUGH_WORDS and self._values[best] < MIN_VALUE:
                break
            self._pick(best)
        return sorted(self._picked)

    def _word_counts(self) -> Floats:
        return np.asarray(self._analysis.word_counts, dtype=float)

    def _initially_available(self) -> NDArray[np.bool_]:
        """Which sentences can be picked first."""
        marks = self._analysis.marks
        if not self._use_cohesion:
            return np.array([size > 0 for size in self._analysis.word_counts], dtype=bool)
        free = [not (mark.exclusion or mark.dependence) for mark in marks]
        return np.array(
            [one and size > 0 for one, size in zip(free, self._analysis.word_counts, strict=True)], dtype=bool
        )

    def _current_values(self) -> Floats:
        analysis = self._analysis
        coverage = (
            COVERAGE_WEIGHT
            * (
                WORD_WEIGHT * analysis.word_coverage.uncovered_values()
                + analysis.pair_coverage.uncovered_values()
            )
            / analysis.lengths
        )
        value: Floats = analysis.base_scores + coverage - SIMILARITY_WEIGHT * self._similarity
        return value - self._penalties - self._bare_surname_penalties() if self._use_cohesion else value

    def _bare_surname_penalties(self) -> Floats:
        """Penalties for surnames whose full name is in no earlier picked sentence."""
        bare, given, result = self._analysis.names.bare, set[str](), np.zeros(len(self._analysis.texts))
        picked = set(self._picked)
        for i, names in enumerate(bare):
            if unheard := names - given:
                titled = all(name.lower() in self._analysis.names.title_words for name in unheard)
                result[i] = TITLE_SURNAME_PENALTY if titled else BARE_SURNAME_PENALTY
            if i in picked:
                given |= self._analysis.names.given_in_full[i]
        return result

    def _pick(self, index: int) -> None:
        analysis = self._analysis
        self._picked.append(index)
        self._words += analysis.word_counts[index]
        analysis.word_coverage.mark_covered(index)
        analysis.pair_coverage.mark_covered(index)
        self._similarity = np.maximum(
            self._similarity, analysis.vectors.similarities_to(analysis.vectors.vector_of(index))
        )
        same = np.array([text == analysis.texts[index] for text in analysis.texts])
        self._available &= ~same & (self._similarity < MAX_SIMILARITY)
        following = index + 1
        if (
            following < len(analysis.texts)
            and analysis.marks[following].dependence
            and following not in self._picked
        ):
            self._available[following] = (
                not analysis.marks[following].exclusion and self._similarity[following] < MAX_SIMILARITY
            )

    def record_explanation(self) -> None:
        """Store the value, the reason and the features of each sentence in the budget."""
        analysis = self._analysis
        for i in range(len(analysis.texts)):
            self._budget.ratings[i] = float(self._values[i])
            self._budget.reasons[i] = self._why(i)
            own = [(name, float(feature[i])) for name, feature in analysis.features.items() if feature[i]]
            self._budget.features[i] = (("prior", float(analysis.base_scores[i])), *own)

    def _why(self, i: int) -> str:
        mark = self._analysis.marks[i]
        if i in self._picked:
            number = f"picked as number {self._picked.index(i) + 1}"
            return f"{number}, possible after the sentence before it" if mark.dependence else number
        if mark.exclusion:
            return f"excluded: {mark.exclusion}"
        if mark.dependence:
            return f"excluded: {mark.dependence}"
        penalties = ", ".join(name for name, _ in mark.penalties)
        if penalties:
            return f"penalties: {penalties}"
        if self._similarity[i] >= MAX_SIMILARITY:
            return "repeats a picked sentence"
        if self._analysis.word_counts[i] > self._budget.words - self._words:
            return "too long for the remaining words"
        return "other sentences scored higher"
