"""Columns from probabilities: those of the sentence, of its neighbours, and the mean of the article."""

from __future__ import annotations

import numpy as np

from bot.summarize.word_statistics import Floats

_OFFSETS = (1, -1, 2)
_MAX_RANK = 40
_NO_ODDS = -9.0
"""The log-odds of a sentence that does not exist: nobody picks it."""


def with_neighbours(probabilities: Floats) -> Floats:
    """Each row with those before, after and two before it (-1 where there is none), and the mean."""
    blocks = [probabilities, *(_shifted(probabilities, by) for by in _OFFSETS)]
    mean = probabilities.mean(axis=0, keepdims=True) if len(probabilities) else probabilities
    return np.hstack([*blocks, np.repeat(mean, len(probabilities), axis=0)])


def standing(probabilities: Floats) -> Floats:
    """For each sentence, its rank by the probability of standing alone, and how many before it do."""
    alone = probabilities[:, 0]
    rank = np.empty(len(alone))
    rank[np.argsort(-np.round(alone, 9), kind="stable")] = np.arange(len(alone))
    return np.column_stack([rank, np.cumsum(alone) - alone])


def compared(values: Floats) -> Floats:
    """For each sentence: its value, those before and after it, its rank, the mean, how far the best is.

    `values` are log-odds, one for each sentence.
    """
    column = values[:, None]
    neighbours = (_shifted(column, by, _NO_ODDS)[:, 0] for by in (1, -1))
    rank = np.empty(len(values))
    rank[np.argsort(-np.round(values, 9), kind="stable")] = np.arange(len(values))
    mean = np.full(len(values), values.mean() if len(values) else 0.0)
    more = values.max(initial=-np.inf) - values
    return np.column_stack([values, *neighbours, np.minimum(rank, _MAX_RANK), mean, more])


def _shifted(table: Floats, by: int, missing: float = -1.0) -> Floats:
    result = np.full_like(table, missing)
    if by > 0:
        result[by:] = table[:-by]
    else:
        result[:by] = table[-by:]
    return result
