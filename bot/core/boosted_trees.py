"""Gradient-boosted trees: read from a text file, evaluated with numpy.

One tree per line: first its inner nodes as `column:threshold:mask`, then the values of its leaves, numbered
from the left. If the value in a node's column is above the threshold, the leaves of the node's left branch,
which are the zero bits of its mask, are ruled out. The lowest leaf that no node rules out gives the value of
the tree (QuickScorer: Lucchese et al., SIGIR 2015). The mask of a tree with at most eight leaves fits in one
byte.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_LEAVES = 8
_ROWS_AT_ONCE = 64
"""Limits the memory: each row needs about a kilobyte for 20 trees."""
_ALL_LEAVES = 0xFF
_LOWEST_BIT = np.array([0] + [(byte & -byte).bit_length() - 1 for byte in range(1, 256)], dtype=np.int64)


class BoostedTrees:
    """The sum of many small trees, or its logistic function."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.count = len(lines)
        nodes = _LEAVES - 1
        self._column = np.zeros((self.count, nodes), dtype=np.int64)
        self._threshold = np.full((self.count, nodes), np.inf)
        self._mask = np.full((self.count, nodes), _ALL_LEAVES, dtype=np.uint8)
        self._value = np.zeros((self.count, _LEAVES))
        for tree, line in enumerate(lines):
            inner, _, leaves = line.partition(" | ")
            for node, text in enumerate(inner.split()):
                column, threshold, mask = text.split(":")
                self._column[tree, node] = int(column)
                self._threshold[tree, node] = float(threshold)
                self._mask[tree, node] = int(mask, 16)
            values = [float(value) for value in leaves.split()]
            self._value[tree, : len(values)] = values
        self._find_tests()

    def _find_tests(self) -> None:
        """Many nodes test the same column for the same threshold: each test is made once."""
        # node 0 of each tree first, then node 1 of each: the masks of all trees are combined in one step
        nodes = np.column_stack([self._column.T.ravel(), self._threshold.T.ravel()])
        tests, test_of_node = np.unique(nodes, axis=0, return_inverse=True)
        self._test_column, self._test_threshold = tests[:, 0].astype(np.int64), tests[:, 1:]
        self._test_of_node = test_of_node.ravel()
        self._node_mask = self._mask.T.reshape(-1, 1)
        self._first_leaf = np.arange(0, self._value.size, _LEAVES)[:, None]

    @classmethod
    def load(cls, package: str, name: str) -> BoostedTrees:
        """The trees in the file `NAME.txt` of a package."""
        text = resources.files(package).joinpath(f"{name}.txt").read_text("ascii")
        return cls([line for line in text.splitlines() if line and not line.startswith("#")])

    def predict(self, table: Floats) -> Floats:
        """A probability for each row of the table, if the trees have one class."""
        return np.asarray(1.0 / (1.0 + np.exp(-self.sums(table)[:, 0])), dtype=np.float64)

    def sums(self, table: Floats, classes: int = 1) -> Floats:
        """The sum of the trees' values for each row and class; tree number t belongs to class t % classes."""
        result = np.zeros((len(table), classes))
        for start in range(0, len(table), _ROWS_AT_ONCE):
            part = slice(start, start + _ROWS_AT_ONCE)
            values = self._values(table[part])
            result[part] = values.reshape(-1, classes, values.shape[1]).sum(axis=0).T
        return result

    def _values(self, table: Floats) -> Floats:
        """The value of each tree (first axis) for each row of the table (second axis)."""
        # a row for each node: numpy works fastest along the last axis; take() is faster than an index
        columns = np.ascontiguousarray(table.T)
        above = columns.take(self._test_column, axis=0) > self._test_threshold
        kept = above.view(np.uint8) - np.uint8(1)
        alive = kept.take(self._test_of_node, axis=0)
        alive |= self._node_mask
        left = np.bitwise_and.reduce(alive.reshape(_LEAVES - 1, -1), axis=0)
        leaves = _LOWEST_BIT.take(left).reshape(self.count, -1) + self._first_leaf
        values: Floats = self._value.take(leaves)
        return values
