"""Fits the networks that read the blocks of a page (`bot.extract.block_network`), with numpy.

Adam (`benchmarks.adam`) and dropout; each step learns from a few pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.adam import Adam
from bot.core.network_weights import Singles, logarithms, scaled
from bot.extract.alignment import Floats
from bot.extract.block_network import CONTEXTS, BlockNetwork, PageContext, window_sums

UNITS = (64, 48, 24)
EPOCHS = 12
_PAGES_AT_ONCE = 16
_WARM_UP = 50
_DROPPED_INPUTS, _DROPPED_UNITS = 0.1, 0.2
_MIN_SPREAD = 1e-3


@dataclass(frozen=True)
class PageLesson:
    """What the network learns of one page: one row for each block."""

    table: Floats
    words: Floats
    label: Floats
    """The share of the block that belongs to the article."""
    weight: Floats


def fit_block_network(lessons: Sequence[PageLesson], seeds: Sequence[int]) -> BlockNetwork:
    """Networks fitted on all pages, one for each seed; the same seed gives the same weights."""
    values = logarithms(np.vstack([lesson.table for lesson in lessons]))
    means = values.mean(axis=0).astype(np.float32)
    spreads = (values.std(axis=0) + _MIN_SPREAD).astype(np.float32)
    networks = [_Fit(lessons, means, spreads, seed).run() for seed in seeds]
    # the weights are those of the file, which are rounded
    return BlockNetwork.of_lines(BlockNetwork(means, spreads, networks).to_lines())


def context_slopes(context: PageContext, slopes: Singles) -> Singles:
    """The slopes by the rows, from those by what `PageContext.around` makes of them."""
    here, by_before, by_after, *by_means = np.split(slopes, CONTEXTS, axis=1)
    result = here.copy()
    result[:-1] += by_before[1:]
    result[1:] += by_after[:-1]
    for part, bounds, total in zip(by_means, context.bounds, context.sums, strict=True):
        # a block is in the windows of the blocks that are in its own
        result += context.weights * window_sums(part / total, *bounds)
    return result


class _Fit:
    """The fit of one network."""

    def __init__(self, lessons: Sequence[PageLesson], means: Singles, spreads: Singles, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self._lessons = lessons
        self._inputs = [scaled(lesson.table, means, spreads) for lesson in lessons]
        self._contexts = [PageContext(lesson.words) for lesson in lessons]
        rows = (len(means), CONTEXTS * UNITS[0], CONTEXTS * UNITS[1], UNITS[2])
        self._parameters: list[Singles] = [
            (self._random.normal(size=(size, units)) * np.sqrt(2 / size)).astype(np.float32)
            for size, units in zip(rows, (*UNITS, 1), strict=True)
        ]
        self._parameters += [np.zeros(units, np.float32) for units in (*UNITS, 1)]
        steps = EPOCHS * -(-len(lessons) // _PAGES_AT_ONCE)
        self._adam = Adam(self._parameters, steps, _WARM_UP)

    def run(self) -> list[tuple[Singles, Singles]]:
        """The weights and intercepts of each layer after the last step."""
        for _ in range(EPOCHS):
            order = self._random.permutation(len(self._lessons))
            for at in range(0, len(order), _PAGES_AT_ONCE):
                self._learn(order[at : at + _PAGES_AT_ONCE].tolist())
        return list(zip(self._parameters[:4], self._parameters[4:], strict=True))

    def _learn(self, pages: Sequence[int]) -> None:
        slopes = [sum(parts) for parts in zip(*map(self._slopes, pages), strict=True)]
        self._adam.step([np.asarray(slope, dtype=np.float32) for slope in slopes])

    def _slopes(self, page: int) -> list[Singles]:
        """The slope of the loss of a page by each parameter, by backpropagation."""
        lesson, context, inputs = self._lessons[page], self._contexts[page], self._inputs[page]
        one, two, three, four, a, b, c, d = self._parameters
        inputs = inputs * self._kept(inputs.shape, _DROPPED_INPUTS)
        kept = [self._kept((len(inputs), units), _DROPPED_UNITS) for units in UNITS]
        first = np.maximum(0, inputs @ one + a) * kept[0]
        around_first = context.around(first)
        second = np.maximum(0, around_first @ two + b) * kept[1]
        around_second = context.around(second)
        third = np.maximum(0, around_second @ three + c) * kept[2]
        p = 1 / (1 + np.exp(-(third @ four + d)[:, 0]))
        # cross entropy with the share of each block that belongs to the article
        error = ((p - lesson.label) * lesson.weight).astype(np.float32)[:, None]
        third_error = error @ four.T * kept[2] * (third > 0)
        second_error = context_slopes(context, third_error @ three.T) * kept[1] * (second > 0)
        first_error = context_slopes(context, second_error @ two.T) * kept[0] * (first > 0)
        rows, errors = (
            (inputs, around_first, around_second, third),
            (first_error, second_error, third_error, error),
        )
        slopes = [row.T @ one for row, one in zip(rows, errors, strict=True)]
        return [*slopes, *(one.sum(axis=0) for one in errors)]

    def _kept(self, shape: tuple[int, ...], dropped: float) -> Singles:
        """1 / (1 - dropped) for what is kept, 0 for what is dropped."""
        kept = self._random.random(shape, dtype=np.float32) >= dropped
        return kept.astype(np.float32) / np.float32(1 - dropped)
