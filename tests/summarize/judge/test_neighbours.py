"""Probabilities of neighbours as columns."""

from __future__ import annotations

import numpy as np

from bot.summarize.judge.neighbours import compared, standing, with_neighbours

TABLE = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]])


def test_each_row_has_its_neighbours_and_the_mean() -> None:
    result = with_neighbours(TABLE)
    assert result.shape == (3, 10)
    assert list(result[1]) == [0.2, 0.8, 0.9, 0.1, 0.6, 0.4, -1, -1, *TABLE.mean(axis=0)]
    assert list(result[2, 6:8]) == [0.9, 0.1]


def test_one_sentence_has_no_neighbours() -> None:
    assert list(with_neighbours(TABLE[:1])[0, 2:8]) == [-1] * 6


def test_standing_is_the_rank_and_what_stands_alone_before() -> None:
    assert np.allclose(standing(TABLE), [[0, 0], [2, 0.9], [1, 1.1]])


def test_log_odds_are_compared_with_those_of_the_article() -> None:
    assert np.allclose(
        compared(np.array([-1.0, 2.0, -4.0])),
        [[-1, -9, 2, 1, -1, 3], [2, -1, -4, 0, -1, 0], [-4, 2, -9, 2, -1, 6]],
    )
    assert compared(np.zeros(0)).shape == (0, 6)
