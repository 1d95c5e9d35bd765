"""The fit of the networks: its slopes, what it learns, and that it is repeatable."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import network_fit
from benchmarks.network_fit import Lessons, _Fit, fit_network
from bot.summarize.judge.sentence_network import NEWS, WANTED

ARTICLES, SENTENCES = 30, 6


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network_fit, "UNITS", (16, 8))


def lessons() -> Lessons:
    """The first columns tell the class; the news is the sentence after one with a high last column."""
    random = np.random.default_rng(1)
    rows = ARTICLES * SENTENCES
    labels = random.integers(0, 5, rows)
    at = random.integers(0, SENTENCES - 1, ARTICLES) + np.arange(ARTICLES) * SENTENCES
    table = np.column_stack([np.eye(5)[labels], random.random(rows)])
    table[at, -1] = 9
    news = np.zeros(rows, dtype=np.int64)
    news[at + 1] = 1
    return Lessons(table, labels, news.copy(), news, np.repeat(np.arange(ARTICLES), SENTENCES))


def loss(fit: _Fit, rows: np.ndarray, sizes: np.ndarray) -> float:
    """The loss that `_Fit` describes, computed from the outputs, without dropout."""
    one, two, three, *starts = fit._parameters
    total = 0.0
    for part in np.split(rows, np.cumsum(sizes)[:-1]):
        first = np.maximum(0, fit._inputs[part] @ one + starts[0])
        zero = np.zeros_like(first[:1])
        context = [first, np.vstack([zero, first[:-1]]), np.vstack([first[1:], zero])]
        context.append(np.repeat(first.mean(axis=0, keepdims=True), len(first), axis=0))
        outputs = (np.maximum(0, np.hstack(context) @ two + starts[1]) @ three + starts[2]).astype(float)
        classes = outputs[:, :WANTED]
        chosen = classes[np.arange(len(part)), fit._lessons.labels[part]]
        total += (np.log(np.exp(classes).sum(axis=1)) - chosen).sum()
        picked = fit._lessons.picked[part]
        total += (np.logaddexp(0, outputs[:, WANTED]) - picked * outputs[:, WANTED]).sum()
        news = outputs[fit._lessons.news[part] > 0, NEWS]
        total += network_fit._NEWS_WEIGHT * (np.log(np.exp(outputs[:, NEWS]).sum()) - news.sum())
    return total / (network_fit._SENTENCES * network_fit._ARTICLES_AT_ONCE)


def test_the_slopes_are_those_of_the_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network_fit, "_DROPPED_INPUTS", 0.0)
    monkeypatch.setattr(network_fit, "_DROPPED_UNITS", 0.0)
    learned = lessons()
    fit = _Fit(learned.table, learned, 0)  # type: ignore[arg-type]
    fit._parameters = [one.astype(float) for one in fit._parameters]  # type: ignore[misc]
    rows, sizes = np.arange(3 * SENTENCES), np.full(3, SENTENCES)
    slopes = fit._slopes(rows, sizes)
    for parameter, slope in zip(fit._parameters, slopes, strict=True):
        place = np.unravel_index(int(np.abs(slope).argmax()), slope.shape)
        values = []
        for change in (1e-5, -2e-5):
            parameter[place] += change
            values.append(loss(fit, rows, sizes))
        parameter[place] += 1e-5
        assert slope[place] == pytest.approx((values[0] - values[1]) / 2e-5, rel=1e-3, abs=1e-6)


def test_the_fit_finds_classes_and_what_a_neighbour_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network_fit, "EPOCHS", 300)
    learned = lessons()
    network = fit_network(learned, (0, 1))
    found = [network.outputs(learned.table[learned.articles == number]) for number in range(ARTICLES)]
    assert (np.vstack(found)[:, :WANTED].argmax(axis=1) == learned.labels).mean() > 0.9
    news = [int(one[:, NEWS].argmax()) for one in found]
    expected = learned.news.reshape(ARTICLES, SENTENCES).argmax(axis=1)
    assert (np.array(news) == expected).mean() > 0.9


def test_a_seed_gives_the_same_weights_again() -> None:
    learned = lessons()
    assert fit_network(learned, (3,)).to_lines() == fit_network(learned, (3,)).to_lines()
    assert fit_network(learned, (3,)).to_lines() != fit_network(learned, (4,)).to_lines()
