"""The networks: what they read of the neighbours, their layers, and their text."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bot.summarize.judge.sentence_network import (
    OUTPUTS,
    Layers,
    SentenceNetwork,
    scaled,
    surrounded,
)

COLUMNS, FIRST, SECOND = 3, 4, 5


def network(seed: int = 0) -> SentenceNetwork:
    random = np.random.default_rng(seed)
    shapes = ((COLUMNS, FIRST), (4 * FIRST, SECOND), (SECOND, OUTPUTS))

    def layers() -> Layers:
        one, two, three = (random.normal(size=shape).astype(np.float32) for shape in shapes)
        starts = [random.normal(size=shape[1]).astype(np.float32) for shape in shapes]
        return Layers((one, two, three), (starts[0], starts[1], starts[2]))

    means, spreads = np.array([0, 1, 2], np.float32), np.array([1, 0.5, 2], np.float32)
    return SentenceNetwork(means, spreads, (layers(), layers()))


def test_a_row_is_read_with_the_rows_around_it() -> None:
    rows = np.array([[1.0], [2.0], [6.0]], dtype=np.float32)
    assert surrounded(rows).tolist() == [[1, 0, 2, 3], [2, 1, 6, 3], [6, 2, 0, 3]]


def test_inputs_are_standardised_logarithms_within_limits() -> None:
    table = np.array([[np.e - 1, 1 - np.e, 1e9]])
    ones = np.ones(3, dtype=np.float32)
    assert np.allclose(scaled(table, 0 * ones, ones / 2), [[2, -2, 4]])


def test_the_outputs_are_the_mean_of_the_networks() -> None:
    both, table = network(), np.arange(12.0).reshape(4, 3)
    alone = [SentenceNetwork(both.means, both.spreads, (one,)).outputs(table) for one in both.networks]
    assert both.outputs(table).shape == (4, OUTPUTS)
    assert np.allclose(both.outputs(table), np.mean(alone, axis=0))


def test_a_sentence_changes_what_is_said_of_the_others() -> None:
    table = np.arange(12.0).reshape(4, 3)
    other = table.copy()
    other[2] = 50
    assert not np.allclose(network().outputs(table)[1], network().outputs(other)[1])


def test_no_sentences_have_no_outputs() -> None:
    assert network().outputs(np.zeros((0, COLUMNS))).shape == (0, OUTPUTS)


@given(st.integers(0, 50))
def test_the_text_of_networks_gives_the_same_networks_again(seed: int) -> None:
    once = SentenceNetwork.of_lines(network(seed).to_lines())
    assert once.to_lines() == SentenceNetwork.of_lines(once.to_lines()).to_lines()
    table = np.arange(12.0).reshape(4, 3)
    assert np.allclose(once.outputs(table), network(seed).outputs(table), atol=0.2)
