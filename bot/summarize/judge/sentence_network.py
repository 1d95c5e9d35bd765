"""Small neural networks that read the sentences of an article in order; evaluated with numpy.

The first layer reads the columns of one sentence. The second one reads what the first says of the sentence,
of those before and after it, and of all sentences in the mean. Both have rectified linear units. The result
is the mean of several networks that differ only in their random start (deep ensembles: Lakshminarayanan et
al. 2017).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import resources

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from bot.summarize.judge.word_grams import CLASSES
from bot.summarize.word_statistics import Floats

Singles = NDArray[np.float32]
WANTED, NEWS = len(CLASSES), len(CLASSES) + 1
"""The columns of the result after those of the classes."""
OUTPUTS = NEWS + 1
_LIMIT = 4.0
"""No input is more than so many standard deviations from the mean."""
_UNIT = 500.0


class Layers(Struct, frozen=True):
    """The weights of one network: a matrix and a row of intercepts for each of three layers."""

    weights: tuple[Singles, Singles, Singles]
    intercepts: tuple[Singles, Singles, Singles]

    def outputs(self, inputs: Singles) -> Floats:
        """The outputs for the scaled inputs of one article."""
        first = np.maximum(0, inputs @ self.weights[0] + self.intercepts[0])
        second = np.maximum(0, surrounded(first) @ self.weights[1] + self.intercepts[1])
        result: Floats = (second @ self.weights[2] + self.intercepts[2]).astype(float)
        return result


class SentenceNetwork(Struct, frozen=True):
    """Networks that read the same columns."""

    means: Singles
    spreads: Singles
    networks: tuple[Layers, ...]

    def outputs(self, table: Floats) -> Floats:
        """One row for each sentence of an article: log-odds of the classes, of a pick, and of the news.

        A softmax over the classes, or over the sentences of the article, makes probabilities of those of the
        classes and of the news.
        """
        if not len(table):
            return np.zeros((0, OUTPUTS))
        inputs = scaled(table, self.means, self.spreads)
        result: Floats = np.mean([one.outputs(inputs) for one in self.networks], axis=0)
        return result

    @classmethod
    def load(cls, name: str) -> SentenceNetwork:
        """The networks in the file `data/NAME.txt` of the package."""
        text = resources.files("bot.summarize").joinpath("data", f"{name}.txt").read_text("ascii")
        return cls.of_lines([line for line in text.splitlines() if not line.startswith("#")])

    @classmethod
    def of_lines(cls, lines: Sequence[str]) -> SentenceNetwork:
        """The networks of the lines that `to_lines` gives."""
        arrays = list(_arrays(lines))
        means, spreads = arrays[0].astype(np.float32)
        layers = [(array / _UNIT).astype(np.float32) for array in arrays[1:]]
        networks = (
            Layers((one[:-1], two[:-1], three[:-1]), (one[-1], two[-1], three[-1]))
            for one, two, three in zip(layers[::3], layers[1::3], layers[2::3], strict=True)
        )
        return cls(means, spreads, tuple(networks))

    def to_lines(self) -> list[str]:
        """The weights as text: means and spreads, then three tables of whole numbers for each network."""
        heads = [" ".join(f"{value:.5g}" for value in row) for row in (self.means, self.spreads)]
        lines = ["2", *heads]
        for one in self.networks:
            for weights, intercepts in zip(one.weights, one.intercepts, strict=True):
                whole = np.rint(np.vstack([weights, intercepts]) * _UNIT).astype(int)
                lines += [str(len(whole)), *(" ".join(map(str, row)) for row in whole)]
        return lines


def _arrays(lines: Sequence[str]) -> Iterator[Floats]:
    """The tables of the lines: the number of rows, then the rows."""
    at = 0
    while at < len(lines):
        size = int(lines[at])
        yield np.fromstring(" ".join(lines[at + 1 : at + 1 + size]), sep=" ").reshape(size, -1)
        at += 1 + size


def scaled(table: Floats, means: Singles, spreads: Singles) -> Singles:
    """The inputs of the networks: logarithms of the columns, standardised."""
    values = (logarithms(table) - means) / spreads
    return np.clip(values, -_LIMIT, _LIMIT).astype(np.float32)


def logarithms(table: Floats) -> Floats:
    """log(1 + x), and the same for negative values: counts have long tails."""
    result: Floats = np.sign(table) * np.log1p(np.abs(table))
    return result


def surrounded(rows: Singles) -> Singles:
    """Each row with the one before it, the one after it, and the mean of all."""
    nothing = np.zeros_like(rows[:1])
    before, after = np.vstack([nothing, rows[:-1]]), np.vstack([rows[1:], nothing])
    return np.hstack([rows, before, after, np.repeat(rows.mean(axis=0, keepdims=True), len(rows), axis=0)])
