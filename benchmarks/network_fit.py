"""Fits the networks that judge sentences (`bot.summarize.judge.sentence_network`), with numpy.

Adam with decoupled weight decay (Loshchilov and Hutter 2019) and dropout; each step learns from a few
articles. One network learns three things at once (Caruana 1997): the class of each sentence, whether an
editor picks it, and which sentence of the article is the news.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.summarize.judge.sentence_network import (
    NEWS,
    OUTPUTS,
    WANTED,
    Layers,
    SentenceNetwork,
    Singles,
    logarithms,
    scaled,
)
from bot.summarize.word_statistics import Floats, Ints

UNITS = (96, 48)
EPOCHS = 20
_ARTICLES_AT_ONCE = 16
_RATE, _WARM_UP, _LAST_RATE = 2e-3, 100, 0.05
_DECAY = 1e-2
_DROPPED_INPUTS, _DROPPED_UNITS = 0.1, 0.2
_MOMENTS = (0.9, 0.98)
_NEWS_WEIGHT = 3.0
"""The weight of the loss of the news: there is one in an article, and many sentences."""
_SENTENCES = 40.0
_MIN_SPREAD = 1e-3


@dataclass(frozen=True)
class Lessons:
    """What the networks learn: the sentences of articles, one row for each, article by article."""

    table: Floats
    labels: Ints
    """Numbers of classes."""
    picked: Ints
    """1 for a sentence that an editor picked, 0 for another one, -1 if the article has no picks."""
    news: Ints
    """1 for the sentence that an editor picked first."""
    articles: Ints
    """The number of the article, ascending."""

    def of_rows(self, rows: Any) -> Lessons:
        """Those of some of the articles, as a mask of rows."""
        return Lessons(
            self.table[rows], self.labels[rows], self.picked[rows], self.news[rows], self.articles[rows]
        )


def fit_network(lessons: Lessons, seeds: Sequence[int]) -> SentenceNetwork:
    """Networks fitted on all of the lessons, one for each seed."""
    values = logarithms(lessons.table)
    means = values.mean(axis=0).astype(np.float32)
    spreads = (values.std(axis=0) + _MIN_SPREAD).astype(np.float32)
    inputs = scaled(lessons.table, means, spreads)
    networks = tuple(_Fit(inputs, lessons, seed).run() for seed in seeds)
    # the weights are those of the file, which are rounded
    return SentenceNetwork.of_lines(SentenceNetwork(means, spreads, networks).to_lines())


class _Fit:
    """The fit of one network."""

    def __init__(self, inputs: Singles, lessons: Lessons, seed: int) -> None:
        self._inputs, self._lessons, self._random = inputs, lessons, np.random.default_rng(seed)
        sizes = ((inputs.shape[1], UNITS[0]), (4 * UNITS[0], UNITS[1]), (UNITS[1], OUTPUTS))
        scales = [np.sqrt(2 / size[0]) for size in sizes]
        weights = [self._random.normal(size=size) * scale for size, scale in zip(sizes, scales, strict=True)]
        self._parameters = [one.astype(np.float32) for one in weights]
        self._parameters += [np.zeros(size[1], np.float32) for size in sizes]
        self._first = [np.zeros_like(one) for one in self._parameters]
        self._second = [np.zeros_like(one) for one in self._parameters]
        self._starts = np.flatnonzero(np.diff(lessons.articles, prepend=-1))
        self._ends = np.append(self._starts[1:], len(lessons.articles))
        self._steps = EPOCHS * -(-len(self._starts) // _ARTICLES_AT_ONCE)
        self._step = 0

    def run(self) -> Layers:
        """The weights after the last step."""
        for _ in range(EPOCHS):
            order = self._random.permutation(len(self._starts))
            for at in range(0, len(order), _ARTICLES_AT_ONCE):
                self._learn(order[at : at + _ARTICLES_AT_ONCE])
        one, two, three, *intercepts = self._parameters
        return Layers((one, two, three), (intercepts[0], intercepts[1], intercepts[2]))

    def _learn(self, articles: Ints) -> None:
        rows = np.concatenate([np.arange(self._starts[k], self._ends[k]) for k in articles])
        sizes = (self._ends - self._starts)[articles]
        for at, slope in enumerate(self._slopes(rows, sizes)):
            self._move(at, slope)
        self._step += 1

    def _move(self, at: int, slope: Singles) -> None:
        parameter, number = self._parameters[at], self._step + 1
        for moments, share, value in zip(
            (self._first, self._second), _MOMENTS, (slope, slope**2), strict=True
        ):
            moments[at] += np.float32(1 - share) * (value - moments[at])
        rate = _RATE * min(1.0, number / _WARM_UP) * (1 - (1 - _LAST_RATE) * number / self._steps)
        mean, square = (
            moments[at] / np.float32(1 - share**number)
            for moments, share in zip((self._first, self._second), _MOMENTS, strict=True)
        )
        decay = _DECAY * parameter if parameter.ndim > 1 else 0
        parameter -= np.float32(rate) * (mean / (np.sqrt(square) + np.float32(1e-8)) + decay)

    def _slopes(self, rows: Ints, sizes: Ints) -> list[Singles]:
        """The slope of the loss by each parameter, by backpropagation."""
        one, two, three, *intercepts = self._parameters
        begins = np.cumsum(sizes) - sizes
        starts, ends = np.zeros(len(rows), dtype=bool), np.zeros(len(rows), dtype=bool)
        starts[begins], ends[begins + sizes - 1] = True, True
        article = np.repeat(np.arange(len(sizes)), sizes)
        counts = sizes[:, None].astype(np.float32)
        inputs = self._inputs[rows] * self._kept((len(rows), one.shape[0]), _DROPPED_INPUTS)
        kept_first = self._kept((len(rows), UNITS[0]), _DROPPED_UNITS)
        kept_second = self._kept((len(rows), UNITS[1]), _DROPPED_UNITS)
        first = np.maximum(0, inputs @ one + intercepts[0]) * kept_first
        before, after = np.roll(first, 1, axis=0), np.roll(first, -1, axis=0)
        before[starts], after[ends] = 0, 0
        mean = np.add.reduceat(first, begins, axis=0) / counts
        context = np.hstack([first, before, after, mean[article]])
        second = np.maximum(0, context @ two + intercepts[1]) * kept_second
        error = self._error(second @ three + intercepts[2], rows, begins, article)
        second_error = error @ three.T * kept_second * (second > 0)
        here, from_after, from_before, from_mean = np.split(second_error @ two.T, 4, axis=1)
        from_after[starts], from_before[ends] = 0, 0
        first_error = here + np.roll(from_after, -1, axis=0) + np.roll(from_before, 1, axis=0)
        first_error += (np.add.reduceat(from_mean, begins, axis=0) / counts)[article]
        first_error *= kept_first * (first > 0)
        errors = ((inputs, first_error), (context, second_error), (second, error))
        return [one.T @ two for one, two in errors] + [two.sum(axis=0) for _, two in errors]

    def _kept(self, shape: tuple[int, int], dropped: float) -> Singles:
        """1 / (1 - dropped) for what is kept, 0 for what is dropped."""
        kept = self._random.random(shape, dtype=np.float32) >= dropped
        return kept.astype(np.float32) / np.float32(1 - dropped)

    def _error(self, outputs: Singles, rows: Ints, begins: Ints, article: Ints) -> Singles:
        """The slope of the loss by each output: cross entropies of the class, the pick and the news."""
        picked, news = self._lessons.picked[rows], self._lessons.news[rows]
        error = np.empty_like(outputs)
        powers = np.exp(outputs[:, :WANTED] - outputs[:, :WANTED].max(axis=1, keepdims=True))
        error[:, :WANTED] = powers / powers.sum(axis=1, keepdims=True)
        error[np.arange(len(rows)), self._lessons.labels[rows]] -= 1
        error[:, WANTED] = (1 / (1 + np.exp(-outputs[:, WANTED])) - picked) * (picked >= 0)
        best = np.maximum.reduceat(outputs[:, NEWS], begins)
        odds = np.exp(outputs[:, NEWS] - best[article])
        has_news = np.add.reduceat(news, begins)[article] > 0
        error[:, NEWS] = _NEWS_WEIGHT * (odds / np.add.reduceat(odds, begins)[article] - news) * has_news
        return error / np.float32(_SENTENCES * _ARTICLES_AT_ONCE)
