"""Logistic regressions on words: which words each class of sentence has, and which ones an editor picks.

Kinds of grams: words and marks, pairs of them, one to three of the first six ("<"), the first one to three
("^"), and the last two ("$"). Numbers are one word. The weights are a text file: one gram in a line, a
tab, and whole numbers in hundredths, one for each class and one for a pick. `gram_index` looks them up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import resources
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bot.summarize.judge.gram_index import FIRST_WORDS, SENTENCES_AT_ONCE, GramIndex, tokens
from bot.summarize.word_statistics import Floats

CLASSES = "SLBFO"
"""Stands alone, leans on another sentence, is not the article's prose, is a fragment, says nothing."""
WANTED = len(CLASSES)
"""The column of the log-odds that an editor picks the sentence; those before it are the classes."""
COLUMNS = WANTED + 1
INTERCEPT = ""
_UNIT = 100.0


def grams_of(text: str) -> set[str]:
    """The grams of a sentence."""
    words = ["0" if word.isdigit() else word for word in tokens(text)]
    found = {*words, *map(" ".join, pairwise(words))}
    first = words[:FIRST_WORDS]
    for size in (1, 2, 3):
        found.update("<" + " ".join(first[at : at + size]) for at in range(len(first) - size + 1))
        found.add("^" + " ".join(first[:size]))
    found.update(("$" + " ".join(words[-1:]), "$" + " ".join(words[-2:])))
    return found


class GramModel:
    """What the grams of a sentence alone say of it."""

    def __init__(self, grams: Sequence[str], rows: NDArray[np.int16]) -> None:
        """`rows` has one row of weights in hundredths for each gram. One gram is `INTERCEPT`."""
        self._index = GramIndex(grams)
        self._intercept = rows[grams.index(INTERCEPT)] / _UNIT
        # an unknown gram counts as the row of zeros at the end
        self._weights = np.vstack([rows, np.zeros((1, COLUMNS), np.int16)])

    @classmethod
    def from_weights(cls, weights: Mapping[str, Sequence[int]]) -> GramModel:
        """The model with the result of `weights_of`."""
        return cls(list(weights), np.array([*weights.values()], dtype=np.int16))

    @classmethod
    def load(cls, name: str) -> GramModel:
        """The model in the file `data/NAME.txt` of the package."""
        text = resources.files("bot.summarize").joinpath("data", f"{name}.txt").read_text("utf-8")
        parts = text.rstrip("\n").replace("\n", "\t").split("\t")
        numbers = np.fromstring(" ".join(parts[1::2]), dtype=np.int16, sep=" ")
        return cls(parts[::2], numbers.reshape(-1, COLUMNS))

    def judge(self, texts: Sequence[str]) -> Floats:
        """One row for each text: the probability of each class, and the log-odds that an editor picks it."""
        parts = [
            self._of_part(texts[at : at + SENTENCES_AT_ONCE])
            for at in range(0, len(texts), SENTENCES_AT_ONCE)
        ]
        return np.concatenate(parts) if parts else np.zeros((0, COLUMNS))

    def _of_part(self, texts: Sequence[str]) -> Floats:
        places, sentence = self._index.places(texts)
        weights = self._weights.take(places, axis=0)
        sums = [np.bincount(sentence, column, len(texts)) for column in weights.T]
        sizes = np.bincount(sentence, minlength=len(texts))
        return _judged(np.column_stack(sums) / (_UNIT * np.sqrt(sizes[:, None])) + self._intercept)

    def without_words(self, count: int) -> Floats:
        """The row of a sentence of which no word is known, `count` times."""
        return np.repeat(_judged(self._intercept[None, :]), count, axis=0)


def _judged(values: Floats) -> Floats:
    return np.column_stack([softmax(values[:, :WANTED]), values[:, WANTED]])


def weights_of(grams: Sequence[str], weights: Floats, intercept: Floats) -> dict[str, tuple[int, ...]]:
    """Weights in the form that `GramModel` takes; grams without a weight are left out."""
    whole = np.rint(weights * _UNIT).astype(int)
    rows = {
        gram: tuple(map(int, row)) for gram, row in zip(grams, whole, strict=True) if np.abs(row).max() > 2
    }
    return {INTERCEPT: tuple(map(int, np.rint(intercept * _UNIT))), **rows}


def softmax(values: Floats) -> Floats:
    """Probabilities that add up to one in each row."""
    powers = np.exp(values - values.max(axis=1, keepdims=True))
    result: Floats = powers / powers.sum(axis=1, keepdims=True)
    return result
