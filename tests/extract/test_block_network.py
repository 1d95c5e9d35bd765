"""The network of blocks: what it reads around a block, and its text."""

from __future__ import annotations

import numpy as np

from bot.core.network_weights import Singles
from bot.extract.block_network import CONTEXTS, BlockNetwork, PageContext

COLUMNS, UNITS = 3, (4, 5, 2)


def network(seed: int = 0) -> BlockNetwork:
    random = np.random.default_rng(seed)
    rows = (COLUMNS, CONTEXTS * UNITS[0], CONTEXTS * UNITS[1], UNITS[2])

    def layers() -> list[tuple[Singles, Singles]]:
        return [
            (
                random.normal(size=(size, units)).astype(np.float32),
                random.normal(size=units).astype(np.float32),
            )
            for size, units in zip(rows, (*UNITS, 1), strict=True)
        ]

    means, spreads = np.array([0, 1, 2], np.float32), np.array([1, 0.5, 2], np.float32)
    return BlockNetwork(means, spreads, [layers(), layers()])


def test_a_block_is_read_with_the_blocks_around_it() -> None:
    rows = np.array([[1.0], [2.0], [6.0]], dtype=np.float32)
    around = PageContext(np.array([1.0, 1.0, 2.0])).around(rows)
    mean = (1 + 2 + 2 * 6) / 4
    assert around.tolist() == [[1, 0, 2, mean, mean], [2, 1, 6, mean, mean], [6, 2, 0, mean, mean]]


def test_a_window_reaches_a_few_blocks_and_a_long_block_does_not_decide_alone() -> None:
    rows = np.arange(30, dtype=np.float32)[:, None]
    around = PageContext(np.ones(30)).around(rows)
    assert around[10, 3] == 10
    assert around[0, 3] == 2
    long = PageContext(np.array([1.0, 600.0])).around(np.array([[1.0], [0.0]], dtype=np.float32))
    assert np.isclose(long[0, 3], 1 / 61)


def test_the_result_is_the_mean_of_the_networks() -> None:
    both, table, words = network(), np.arange(12.0).reshape(4, 3), np.ones(4)
    alone = [BlockNetwork(both.means, both.spreads, [one]).log_odds(table, words) for one in both.networks]
    assert not np.allclose(alone[0], alone[1])
    assert np.allclose(both.log_odds(table, words), np.mean(alone, axis=0))


def test_a_block_changes_what_is_said_of_the_others() -> None:
    table, words = np.arange(12.0).reshape(4, 3), np.ones(4)
    other = table.copy()
    other[3] = 50
    assert not np.allclose(network().log_odds(table, words)[0], network().log_odds(other, words)[0])


def test_the_text_of_a_network_gives_the_same_network_again() -> None:
    table, words = np.arange(12.0).reshape(4, 3), np.array([1.0, 70.0, 3.0, 2.0])
    for seed in range(10):
        once = BlockNetwork.of_lines(network(seed).to_lines())
        assert once.to_lines() == BlockNetwork.of_lines(once.to_lines()).to_lines()
        assert np.allclose(
            once.log_odds(table, words), network(seed).log_odds(table, words), rtol=0.1, atol=1
        )
