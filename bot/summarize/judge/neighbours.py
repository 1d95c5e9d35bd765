"""Columns from probabilities: those of the sentence, of its neighbours, and the mean of the article."""

from __future__ import annotations

import numpy as np

from bot.summarize.word_statistics import Floats

_OFFSETS = (1, -1, 2)


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


def _shifted(table: Floats, by: int) -> Floats:
    result = np.full_like(table, -1.0)
    if by > 0:
        result[by:] = table[:-by]
    else:
        result[:by] = table[-by:]
    return result
