"""A logistic regression on words: which words, and which first and last words, each class of sentence has.

Kinds of grams: words and marks, pairs of them, one to three of the first six ("<"), the first one to three
("^"), and the last two ("$"). Numbers are one word. The weights are a text file: one gram in a line, a
tab, and a whole number for each class, in hundredths.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from importlib import resources
from itertools import pairwise

import numpy as np

from bot.summarize.word_statistics import Floats

CLASSES = "SLBFO"
"""Stands alone, leans on another sentence, is not the article's prose, is a fragment, says nothing."""
INTERCEPT = ""
_UNIT = 100.0
_CHARACTERS = 1_000
_FIRST_WORDS = 6
_TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|[^\w\s]")


def grams_of(text: str) -> set[str]:
    """The grams of a sentence."""
    plain = text[:_CHARACTERS].lower().replace("’", "'")
    words = ["0" if word.isdigit() else word for word in _TOKEN.findall(plain)]
    found = {*words, *map(" ".join, pairwise(words))}
    first = words[:_FIRST_WORDS]
    for size in (1, 2, 3):
        found.update("<" + " ".join(first[at : at + size]) for at in range(len(first) - size + 1))
        found.add("^" + " ".join(first[:size]))
    found.update(("$" + " ".join(words[-1:]), "$" + " ".join(words[-2:])))
    return found


class GramModel:
    """The probability of each class, by the grams of a sentence alone."""

    def __init__(self, weights: Mapping[str, Sequence[int]]) -> None:
        self._row = {gram: at for at, gram in enumerate(weights)}
        table = np.array([*weights.values(), (0,) * len(CLASSES)], dtype=np.int16)
        self._weights = table
        self._intercept = table[self._row[INTERCEPT]] / _UNIT

    @classmethod
    def load(cls, name: str) -> GramModel:
        """The model in the file `data/NAME.txt` of the package."""
        text = resources.files("bot.summarize").joinpath("data", f"{name}.txt").read_text("utf-8")
        lines = (line.split("\t") for line in text.split("\n") if line)
        return cls({gram: tuple(map(int, numbers.split(" "))) for gram, numbers in lines})

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """One row for each text, one column for each class."""
        if not texts:
            return np.zeros((0, len(CLASSES)))
        found = [grams_of(text) for text in texts]
        # an unknown gram counts as the row of zeros at the end
        rows = [self._row.get(gram, -1) for grams in found for gram in grams]
        sizes = np.array([len(grams) for grams in found])
        sums = np.add.reduceat(self._weights[rows], np.cumsum(sizes) - sizes, axis=0, dtype=np.int64)
        return softmax(sums / (_UNIT * np.sqrt(sizes[:, None])) + self._intercept)

    def prior(self, count: int) -> Floats:
        """The probabilities of a sentence of which no word is known, `count` times."""
        return np.repeat(softmax(self._intercept[None, :]), count, axis=0)


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
