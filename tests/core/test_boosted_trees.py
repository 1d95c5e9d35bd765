"""Trees read from text and evaluated with numpy."""

from __future__ import annotations

import numpy as np
import pytest

from bot.core.boosted_trees import BoostedTrees

LINES = ["0:0.5:fe 1:2:fc | -1 0.5 3", "1:1:fe | 0 1"]


def test_trees_are_parsed_and_summed() -> None:
    trees = BoostedTrees(LINES)
    table = np.array([[0.0, 0.0], [1.0, 1.5], [1.0, 5.0]])
    assert trees.predict(table) == pytest.approx(1 / (1 + np.exp(-np.array([-1.0, 1.5, 4.0]))))


def test_trees_of_several_classes_alternate() -> None:
    table = np.array([[0.0, 0.0], [1.0, 5.0]])
    assert BoostedTrees(LINES).sums(table, 2).tolist() == [[-1.0, 0.0], [3.0, 1.0]]


def test_a_test_that_several_trees_share_is_right_in_each() -> None:
    table = np.array([[0.0, 0.0], [1.0, 1.5], [1.0, 5.0]])
    one, both = BoostedTrees(LINES[:1]), BoostedTrees([LINES[0], LINES[0]])
    assert both.sums(table).tolist() == (2 * one.sums(table)).tolist()


def test_many_rows_are_evaluated_in_parts() -> None:
    rows = np.column_stack([np.arange(300) % 2, np.arange(300) % 3]).astype(float)
    trees = BoostedTrees(LINES)
    assert np.array_equal(trees.sums(rows), np.vstack([trees.sums(row[None, :]) for row in rows]))
    assert trees.sums(np.zeros((0, 2))).shape == (0, 1)
