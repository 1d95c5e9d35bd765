"""The greedy loop: one sentence after another, as long as the budget lasts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bot.summarize.article_analysis import ArticleAnalysis
from bot.summarize.length_budget import Budget
from bot.summarize.word_statistics import Floats

COVERAGE, WORD_SHARE, REDUNDANCY = 15.0, 0.5, 0.3
BARE_SURNAME, TITLED_SURNAME = 6.0, 4.0
WORST = 0.5
"""Value under which a sentence does more harm than good, once there are words enough without it."""
TWIN = 0.7
"""Likeness to a picked sentence from which on another only says the same again."""
ENOUGH = 25
"""Words of a summary that can do without another sentence."""
FULL = 0.9
"""Share of the budget of words at which the summary is long enough."""


class GreedySelection:
    """What is picked of a reading, and what that does to the value of the rest."""

    def __init__(self, reading: ArticleAnalysis, budget: Budget, *, cohesive: bool = True) -> None:
        self._read = reading
        self._budget = budget
        self._cohesive = cohesive
        self._picked: list[int] = []
        self._words = 0
        self._nearest = np.zeros(len(reading.texts))
        self._values: Floats = np.zeros(len(reading.texts))
        self._faults = np.array([sum(price for _, price in mark.faults) for mark in reading.marks])
        self._open = self._first_open()

    def run(self) -> list[int]:
        """The places of the sentences picked, in the article's order."""
        while len(self._picked) < self._budget.sentences and self._words < FULL * self._budget.words:
            self._values = self._value()
            open_now = self._open & (self._sizes() <= self._budget.words - self._words)
            if not open_now.any():
                break
            best = int(np.argmax(np.where(open_now, np.round(self._values, 9), -np.inf)))
            if self._words >= ENOUGH and self._values[best] < WORST:
                break
            self._take(best)
        return sorted(self._picked)

    def _sizes(self) -> Floats:
        return np.asarray(self._read.sizes, dtype=float)

    def _first_open(self) -> NDArray[np.bool_]:
        """Which sentences may be picked while nothing is."""
        marks = self._read.marks
        if not self._cohesive:
            return np.array([size > 0 for size in self._read.sizes], dtype=bool)
        free = [not (mark.excluded or mark.leans) for mark in marks]
        return np.array(
            [one and size > 0 for one, size in zip(free, self._read.sizes, strict=True)], dtype=bool
        )

    def _value(self) -> Floats:
        read = self._read
        cover = COVERAGE * (WORD_SHARE * read.words.gains() + read.pairs.gains()) / read.lengths
        value: Floats = read.prior + cover - REDUNDANCY * self._nearest
        return value - self._faults - self._bare() if self._cohesive else value

    def _bare(self) -> Floats:
        """The price of surnames whose full name no earlier picked sentence gives."""
        bare, given, result = self._read.names.bare, set[str](), np.zeros(len(self._read.texts))
        picked = set(self._picked)
        for i, names in enumerate(bare):
            if unheard := names - given:
                titled = all(name.lower() in self._read.names.titled for name in unheard)
                result[i] = TITLED_SURNAME if titled else BARE_SURNAME
            if i in picked:
                given |= self._read.names.full[i]
        return result

    def _take(self, place: int) -> None:
        read = self._read
        self._picked.append(place)
        self._words += read.sizes[place]
        read.words.cover(place)
        read.pairs.cover(place)
        self._nearest = np.maximum(self._nearest, read.vectors.to(read.vectors.of(place)))
        same = np.array([text == read.texts[place] for text in read.texts])
        self._open &= ~same & (self._nearest < TWIN)
        following = place + 1
        if following < len(read.texts) and read.marks[following].leans and following not in self._picked:
            self._open[following] = not read.marks[following].excluded and self._nearest[following] < TWIN

    def explain(self) -> None:
        """Leave in the budget what was thought of each sentence."""
        read = self._read
        for i in range(len(read.texts)):
            self._budget.ratings[i] = float(self._values[i])
            self._budget.reasons[i] = self._why(i)
            own = [(name, float(column[i])) for name, column in read.features.items() if column[i]]
            self._budget.features[i] = (("prior", float(read.prior[i])), *own)

    def _why(self, i: int) -> str:
        mark = self._read.marks[i]
        if i in self._picked:
            number = f"picked as number {self._picked.index(i) + 1}"
            return f"{number}, brought along by the sentence before it" if mark.leans else number
        if mark.excluded:
            return f"excluded: {mark.excluded}"
        if mark.leans:
            return f"excluded: {mark.leans}"
        held = ", ".join(name for name, _ in mark.faults)
        if held:
            return f"held back: {held}"
        if self._nearest[i] >= TWIN:
            return "says again what is picked"
        if self._read.sizes[i] > self._budget.words - self._words:
            return "too long for what is left"
        return "others say more"
