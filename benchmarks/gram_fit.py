"""Fits the logistic regressions on words (`bot.summarize.judge.word_grams`), with L-BFGS and a ridge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, diags

from bot.summarize.judge.word_grams import CLASSES, GramModel, grams_of, softmax, weights_of
from bot.summarize.word_statistics import Floats, Ints

MIN_ARTICLES = 4
"""A gram that fewer articles contain gets no weight."""
_RIDGE = 0.3
_STEPS = 60


class GramData:
    """The grams of all sentences, counted once and fitted on any part of them."""

    def __init__(self, texts: Sequence[str], article_numbers: Sequence[int]) -> None:
        found = [sorted(grams_of(text)) for text in texts]
        pairs = {
            (gram, number) for grams, number in zip(found, article_numbers, strict=True) for gram in grams
        }
        articles = Counter(gram for gram, _ in pairs)
        self.grams = sorted(gram for gram, count in articles.items() if count >= MIN_ARTICLES)
        column = {gram: at for at, gram in enumerate(self.grams)}
        cells = [(row, column[gram]) for row, grams in enumerate(found) for gram in grams if gram in column]
        rows, columns = np.array(cells, dtype=np.int64).reshape(-1, 2).T
        table = csr_matrix((np.ones(len(cells)), (rows, columns)), shape=(len(texts), len(self.grams)))
        sizes = np.array([max(1, len(grams)) for grams in found], dtype=float)
        self._table = (diags(1 / np.sqrt(sizes)) @ table).tocsr()

    def fit(self, labels: Ints, picked: Ints, rows: Any) -> GramModel:
        """The model fitted on these rows.

        `labels` are numbers of classes, one for each row of all data. `picked` is 1 for a sentence that an
        editor picked, 0 for another one, and -1 where no sentence of the article was picked.
        """
        return GramModel.from_weights(self.weights(labels, picked, rows))

    def weights(self, labels: Ints, picked: Ints, rows: Any) -> dict[str, tuple[int, ...]]:
        """The weights of the model fitted on these rows."""
        judged = rows[picked[rows] >= 0]
        classes = _minimum(self._table[rows], np.eye(len(CLASSES))[labels[rows]])
        # with two classes, the log-odds are the difference of their weights
        two = _minimum(self._table[judged], np.eye(2)[picked[judged]])
        fitted = np.column_stack([classes, two[:, 1] - two[:, 0]])
        return weights_of(self.grams, fitted[:-1], fitted[-1])


def _minimum(table: Any, wanted: Floats) -> Floats:
    """The weights of each column of the table, and the intercepts, for each class of `wanted`."""
    shape = (table.shape[1] + 1, wanted.shape[1])

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights = flat.reshape(shape)
        p = softmax(table @ weights[:-1] + weights[-1])
        error = p - wanted
        slope = np.vstack([table.T @ error + _RIDGE * weights[:-1], error.sum(axis=0)])
        value = -np.log(np.maximum((p * wanted).sum(axis=1), 1e-12)).sum()
        return value + _RIDGE / 2 * (weights[:-1] ** 2).sum(), slope.ravel()

    found = minimize(
        loss, np.zeros(shape[0] * shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": _STEPS}
    )
    result: Floats = found.x.reshape(shape)
    return result
