"""The fit of the network of blocks: its slopes, what it learns, and that it is repeatable."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import block_network_fit
from benchmarks.block_network_fit import PageLesson, _Fit, fit_block_network
from bot.extract.block_network import PageContext

PAGES, BLOCKS = 24, 12


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(block_network_fit, "UNITS", (12, 8, 6))


def lessons() -> list[PageLesson]:
    """The article is every block after the one with a high first column."""
    random = np.random.default_rng(1)
    found = []
    for _ in range(PAGES):
        table = random.random((BLOCKS, 3))
        start = int(random.integers(1, 6))
        table[start, 0] = 9
        label = (np.arange(BLOCKS) == start + 1).astype(float)
        found.append(PageLesson(table, random.integers(1, 90, BLOCKS).astype(float), label, np.ones(BLOCKS)))
    return found


def loss(fit: _Fit, page: int) -> float:
    """The cross entropy, without dropout."""
    one, two, three, four, a, b, c, d = fit._parameters
    lesson = fit._lessons[page]
    context = PageContext(lesson.words)
    first = np.maximum(0, fit._inputs[page] @ one + a)
    second = np.maximum(0, context.around(first) @ two + b)
    third = np.maximum(0, context.around(second) @ three + c)
    odds = (third @ four + d)[:, 0].astype(float)
    return float((lesson.weight * (np.logaddexp(0, odds) - lesson.label * odds)).sum())


def test_the_slopes_are_those_of_the_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(block_network_fit, "_DROPPED_INPUTS", 0.0)
    monkeypatch.setattr(block_network_fit, "_DROPPED_UNITS", 0.0)
    learned = lessons()
    fit = _Fit(learned, np.zeros(3, np.float32), np.ones(3, np.float32), 0)
    for parameter, slope in zip(fit._parameters, fit._slopes(0), strict=True):
        place = np.unravel_index(int(np.abs(slope).argmax()), slope.shape)
        values = []
        for change in (1e-2, -2e-2):
            parameter[place] += change
            values.append(loss(fit, 0))
        parameter[place] += 1e-2
        assert slope[place] == pytest.approx((values[0] - values[1]) / 2e-2, rel=3e-2)


def test_the_fit_finds_what_the_block_before_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(block_network_fit, "EPOCHS", 200)
    learned = lessons()
    network = fit_block_network(learned, (0,))
    found = [int(network.log_odds(lesson.table, lesson.words).argmax()) for lesson in learned]
    assert np.mean([at == lesson.label.argmax() for at, lesson in zip(found, learned, strict=True)]) > 0.9


def test_a_seed_gives_the_same_weights_again() -> None:
    learned = lessons()
    assert fit_block_network(learned, (3,)).to_lines() == fit_block_network(learned, (3,)).to_lines()
    assert fit_block_network(learned, (3,)).to_lines() != fit_block_network(learned, (4,)).to_lines()
