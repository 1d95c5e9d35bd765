"""The greedy loop: one sentence after another, as long as the budget lasts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bot.summarize.article_analysis import ArticleAnalysis
from bot.summarize.length_budget import Budget
from bot.summarize.word_statistics import Floats

COVERAGE_WEIGHT, WORD_WEIGHT, SIMILARITY_WEIGHT = 15.0, 0.5, 0.3
BARE_SURNAME_PENALTY, TITLE_SURNAME_PENALTY = 6.0, 4.0
MIN_VALUE = 0.5
"""Value under which a sentence does more harm than good, once there are words enough without it."""
MAX_SIMILARITY = 0.7
"""Likeness to a picked sentence from which on another only says the same again."""
ENOUGH_WORDS = 25
"""Words of a summary that can do without another sentence."""
FULL_SHARE = 0.9
"""Share of the budget of words at which the summary is long enough."""


class GreedySelection:
    """What is picked of a reading, and what that does to the value of the rest."""

    def __init__(self, analysis: ArticleAnalysis, budget: Budget, *, cohesive: bool = True) -> None:
        self._analysis = analysis
        self._budget = budget
        self._cohesive = cohesive
        self._picked: list[int] = []
        self._words = 0
        self._similarity = np.zeros(len(analysis.texts))
        self._values: Floats = np.zeros(len(analysis.texts))
        self._penalties = np.array([sum(price for _, price in mark.penalties) for mark in analysis.marks])
        self._available = self._initially_available()

    def select(self) -> list[int]:
        """The places of the sentences picked, in the article's order."""
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
        """Which sentences may be picked while nothing is."""
        marks = self._analysis.marks
        if not self._cohesive:
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
        return value - self._penalties - self._bare_surname_penalties() if self._cohesive else value

    def _bare_surname_penalties(self) -> Floats:
        """The price of surnames whose full name no earlier picked sentence gives."""
        bare, given, result = self._analysis.names.bare, set[str](), np.zeros(len(self._analysis.texts))
        picked = set(self._picked)
        for i, names in enumerate(bare):
            if unheard := names - given:
                titled = all(name.lower() in self._analysis.names.title_words for name in unheard)
                result[i] = TITLE_SURNAME_PENALTY if titled else BARE_SURNAME_PENALTY
            if i in picked:
                given |= self._analysis.names.given_in_full[i]
        return result

    def _pick(self, place: int) -> None:
        analysis = self._analysis
        self._picked.append(place)
        self._words += analysis.word_counts[place]
        analysis.word_coverage.mark_covered(place)
        analysis.pair_coverage.mark_covered(place)
        self._similarity = np.maximum(
            self._similarity, analysis.vectors.similarities_to(analysis.vectors.vector_of(place))
        )
        same = np.array([text == analysis.texts[place] for text in analysis.texts])
        self._available &= ~same & (self._similarity < MAX_SIMILARITY)
        following = place + 1
        if (
            following < len(analysis.texts)
            and analysis.marks[following].dependence
            and following not in self._picked
        ):
            self._available[following] = (
                not analysis.marks[following].exclusion and self._similarity[following] < MAX_SIMILARITY
            )

    def record_explanation(self) -> None:
        """Leave in the budget what was thought of each sentence."""
        analysis = self._analysis
        for i in range(len(analysis.texts)):
            self._budget.ratings[i] = float(self._values[i])
            self._budget.reasons[i] = self._why(i)
            own = [(name, float(column[i])) for name, column in analysis.features.items() if column[i]]
            self._budget.features[i] = (("prior", float(analysis.base_scores[i])), *own)

    def _why(self, i: int) -> str:
        mark = self._analysis.marks[i]
        if i in self._picked:
            number = f"picked as number {self._picked.index(i) + 1}"
            return f"{number}, brought along by the sentence before it" if mark.dependence else number
        if mark.exclusion:
            return f"excluded: {mark.exclusion}"
        if mark.dependence:
            return f"excluded: {mark.dependence}"
        held = ", ".join(name for name, _ in mark.penalties)
        if held:
            return f"held back: {held}"
        if self._similarity[i] >= MAX_SIMILARITY:
            return "says again what is picked"
        if self._analysis.word_counts[i] > self._budget.words - self._words:
            return "too long for what is left"
        return "others say more"
