"""Weights of small neural networks as text, and the scale of their inputs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
_LIMIT = 4.0
"""No input is more than so many standard deviations from the mean."""
_UNIT = 500.0


def scaled(table: Floats, means: Singles, spreads: Singles) -> Singles:
    """The inputs of a network: logarithms of the columns, standardised."""
    values = (logarithms(table) - means) / spreads
    return np.clip(values, -_LIMIT, _LIMIT).astype(np.float32)


def logarithms(table: Floats) -> Floats:
    """log(1 + x), and the same for negative values: counts have long tails."""
    result: Floats = np.sign(table) * np.log1p(np.abs(table))
    return result


def scale_lines(means: Singles, spreads: Singles) -> list[str]:
    """The means and spreads of the inputs as text."""
    return ["2", *(" ".join(f"{value:.5g}" for value in row) for row in (means, spreads))]


def layer_lines(weights: Singles, intercepts: Singles) -> list[str]:
    """One layer as a table of whole numbers; the last row has the intercepts."""
    whole = np.rint(np.vstack([weights, intercepts]) * _UNIT).astype(int)
    return [str(len(whole)), *(" ".join(map(str, row)) for row in whole)]


def read_weights(lines: Sequence[str]) -> tuple[Singles, Singles, list[tuple[Singles, Singles]]]:
    """Means and spreads of the inputs, then the weights and intercepts of each layer."""
    scale, *layers = _arrays(lines)
    means, spreads = scale.astype(np.float32)
    whole = [(layer / _UNIT).astype(np.float32) for layer in layers]
    return means, spreads, [(layer[:-1], layer[-1]) for layer in whole]


def _arrays(lines: Sequence[str]) -> Iterator[Floats]:
    """The tables of the lines: the number of rows, then the rows."""
    at = 0
    while at < len(lines):
        size = int(lines[at])
        yield np.fromstring(" ".join(lines[at + 1 : at + 1 + size]), sep=" ").reshape(size, -1)
        at += 1 + size
