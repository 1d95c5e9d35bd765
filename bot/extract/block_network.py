"""Small neural networks that read the blocks of a page in order; evaluated with numpy.

The first layer reads the columns of one block. The second and third read what the layer before says of the
block, of the ones before and after it, and of two windows around it in the mean. All have rectified linear
units. So the probability of a block depends on where the article starts and ends around it. The result is the
mean of several networks that differ only in their random start.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

import numpy as np

from bot.core.network_weights import Singles, layer_lines, read_weights, scale_lines, scaled
from bot.extract.alignment import Floats
from bot.extract.block_sums import Ints

WINDOWS = (9, 41)
_COUNTED_WORDS = 60
"""A block counts by its words in the mean of a window, but not by more."""
CONTEXTS = 3 + len(WINDOWS)
"""How many columns `PageContext.around` makes of one."""


class PageContext:
    """Which blocks are around each block of one page."""

    def __init__(self, words: Floats) -> None:
        count = len(words)
        place = np.arange(count)
        self.weights: Singles = np.minimum(words, _COUNTED_WORDS).astype(np.float32)[:, None]
        self.bounds = [
            (np.maximum(place - size // 2, 0), np.minimum(place + size // 2 + 1, count)) for size in WINDOWS
        ]
        self.sums = [window_sums(self.weights, *bounds) for bounds in self.bounds]

    def around(self, rows: Singles) -> Singles:
        """Each row with the one before it, the one after it, and the means of the windows around it."""
        nothing = np.zeros_like(rows[:1])
        weighted = rows * self.weights
        means = [
            window_sums(weighted, *bounds) / total
            for bounds, total in zip(self.bounds, self.sums, strict=True)
        ]
        return np.hstack([rows, np.vstack([nothing, rows[:-1]]), np.vstack([rows[1:], nothing]), *means])


Layers = Sequence[tuple[Singles, Singles]]
"""A matrix and a row of intercepts for each of the four layers of a network."""
_LAYERS = 4


@dataclass(frozen=True)
class BlockNetwork:
    """The scale of the columns, and networks that read them."""

    means: Singles
    spreads: Singles
    networks: Sequence[Layers]

    def log_odds(self, table: Floats, words: Floats) -> Floats:
        """The log-odds of each block of a page; `words` are the numbers of words of the blocks."""
        context, inputs = PageContext(words), scaled(table, self.means, self.spreads)
        found = [_outputs(layers, inputs, context) for layers in self.networks]
        return np.asarray(np.mean(found, axis=0), dtype=np.float64)

    @classmethod
    def load(cls, name: str) -> BlockNetwork:
        """The networks in the file `NAME.txt` of the package."""
        text = resources.files("bot.extract").joinpath(f"{name}.txt").read_text("ascii")
        return cls.of_lines([line for line in text.splitlines() if not line.startswith("#")])

    @classmethod
    def of_lines(cls, lines: Sequence[str]) -> BlockNetwork:
        """The networks of the lines that `to_lines` gives."""
        means, spreads, layers = read_weights(lines)
        networks = [layers[at : at + _LAYERS] for at in range(0, len(layers), _LAYERS)]
        return cls(means, spreads, networks)

    def to_lines(self) -> list[str]:
        """The weights as text."""
        lines = scale_lines(self.means, self.spreads)
        for layers in self.networks:
            for weights, intercepts in layers:
                lines += layer_lines(weights, intercepts)
        return lines


def _outputs(layers: Layers, inputs: Singles, context: PageContext) -> Singles:
    (one, a), (two, b), (three, c), (four, d) = layers
    first = np.maximum(0, inputs @ one + a)
    second = np.maximum(0, context.around(first) @ two + b)
    third = np.maximum(0, context.around(second) @ three + c)
    return np.asarray((third @ four + d)[:, 0])


def window_sums(rows: Singles, low: Ints, high: Ints) -> Singles:
    """For each window, the sum of the rows from `low` up to `high`, without that."""
    so_far = np.zeros((len(rows) + 1, rows.shape[1]))
    np.cumsum(rows, axis=0, dtype=np.float64, out=so_far[1:])
    return np.asarray(so_far[high] - so_far[low], dtype=np.float32)
