"""Choose the sentences of a reply as a whole: a beam search over sets of sentences, in the article's order.

The value of a set is what a reader is expected to get from it: the probability that all of its sentences are
good, the probability that the news is among them, and the expected agreement (F1) with an editor's picks;
less what the sentences repeat of each other, and what is missing to a useful length.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.summarize.word_statistics import Floats


@dataclass(frozen=True, slots=True)
class Prices:
    """The weight of each part of the value; `benchmarks/reader_judgement.py` shows what each one does."""

    fine: float = 1.2
    news: float = 1.0
    agreement: float = 1.0
    fine_power: float = 0.6
    """Below 1, because the faults of the sentences of one article are not independent."""
    repetition: float = 0.3
    short: float = 0.5
    enough: float = 0.6
    """A set with a lower share of the allowed words is too short."""


PRICES = Prices()
MAX_OVERLAP = 0.65
"""Two sentences that share more of the content words of the shorter one are never picked together."""
_FREE_OVERLAP = 0.3
_CANDIDATES, _BEAMS = 20, 60
_EDITORS_PICKS, _EDITORS_WORDS = 3.9, 100
"""The sentences that an editor picks, in the mean, if the reply may have 100 words."""
_LAST, _COUNT, _WORDS, _GOOD, _NEWS, _WANTED, _REPEATED = range(7)


@dataclass(frozen=True)
class Candidates:
    """The sentences of an article as the search sees them; each field has one value for each sentence."""

    good_alone: Floats
    """The probability that the sentence is good without the sentence before it."""
    good_after: Floats
    """The probability that it is good directly after the sentence before it."""
    news: Floats
    wanted: Floats
    word_counts: Floats
    can_start: NDArray[np.bool_]
    """Whether it may be picked without the sentence before it."""
    can_follow: NDArray[np.bool_]
    """Whether it may be picked directly after the sentence before it."""
    content: Sequence[frozenset[int]]
    """The numbers of its content words."""


@dataclass(frozen=True)
class Choice:
    """The indices of the chosen sentences in order, and the value of the set."""

    indices: tuple[int, ...]
    value: float


def choose(candidates: Candidates, sentences: int, words: int, prices: Prices = PRICES) -> Choice:
    """The best set of at most `sentences` sentences and `words` words; empty if no sentence fits."""
    considered = _considered(candidates, words, prices)
    shared = _overlaps([candidates.content[i] for i in considered])
    state, members = np.zeros((1, 7)), np.zeros((1, len(considered)), dtype=bool)
    state[0, _LAST] = -2
    for at, i in enumerate(considered):
        follows = state[:, _LAST] == i - 1
        possible = (
            np.where(follows, candidates.can_follow[i], candidates.can_start[i])
            & (state[:, _COUNT] < sentences)
            & (state[:, _WORDS] + candidates.word_counts[i] <= words)
            & ~(members & (shared[at] > MAX_OVERLAP)).any(axis=1)
        )
        if not possible.any():
            continue
        grown, with_it = state[possible].copy(), members[possible].copy()
        grown[:, _REPEATED] += with_it @ np.maximum(0.0, shared[at] - _FREE_OVERLAP)
        good = np.where(follows[possible], candidates.good_after[i], candidates.good_alone[i])
        grown[:, _LAST], with_it[:, at] = i, True
        grown[:, _GOOD] += np.log(np.clip(good, 1e-3, 1.0))
        grown[:, [_COUNT, _WORDS, _NEWS, _WANTED]] += (
            1, candidates.word_counts[i], candidates.news[i], candidates.wanted[i],
        )  # fmt: skip
        state, members = np.vstack([state, grown]), np.vstack([members, with_it])
        best = np.argsort(-np.round(_values(state, words, prices), 9), kind="stable")[:_BEAMS]
        state, members = state[best], members[best]
    values = np.round(_values(state, words, prices), 9)
    best_row = int(np.argmax(values))
    chosen = (considered[at] for at in np.flatnonzero(members[best_row]))
    return Choice(tuple(chosen), float(values[best_row]))


def _considered(candidates: Candidates, words: int, prices: Prices) -> list[int]:
    """The indices of the most promising sentences, and of those that may follow them."""
    fits = (candidates.word_counts > 0) & (candidates.word_counts <= words)
    promise = (
        prices.fine * np.log(np.clip(candidates.good_alone, 1e-3, 1.0))
        + prices.news * candidates.news
        + prices.agreement * candidates.wanted
    )
    promise = np.where(fits & candidates.can_start, promise, -np.inf)
    count = max(_CANDIDATES, 2 * words // 25)
    best = [int(i) for i in np.argsort(-np.round(promise, 9), kind="stable")[:count] if promise[i] > -np.inf]
    following = (i + 1 for i in best if i + 1 < len(fits) and fits[i + 1] and candidates.can_follow[i + 1])
    return sorted({*best, *following})


def overlap(one: frozenset[int], other: frozenset[int]) -> float:
    """The share of the content words of the shorter sentence that the other one has too; 1 if it has none."""
    size = min(len(one), len(other))
    return len(one & other) / size if size else 1.0


def _overlaps(content: Sequence[frozenset[int]]) -> Floats:
    """The overlap of each two sentences."""
    number = {word: at for at, word in enumerate(sorted(frozenset().union(*content)))}
    has = np.zeros((len(content), len(number)))
    for row, words in enumerate(content):
        has[row, [number[word] for word in words]] = 1
    sizes = has.sum(axis=1)
    smaller = np.minimum(sizes[:, None], sizes[None, :])
    result: Floats = np.where(smaller > 0, has @ has.T / np.maximum(1, smaller), 1.0)
    return result


def _values(state: Floats, words: int, prices: Prices) -> Floats:
    """The value of each set; that of the empty set is zero."""
    scale = max(1.0, words / _EDITORS_WORDS)
    precision = state[:, _WANTED] / np.maximum(1, state[:, _COUNT])
    recall = np.minimum(1.0, state[:, _WANTED] / (_EDITORS_PICKS * scale))
    agreement = 2 * precision * recall / np.maximum(1e-9, precision + recall)
    missing = np.maximum(0.0, 1 - state[:, _WORDS] / (prices.enough * words)) if words > 0 else 0.0
    value: Floats = (
        prices.fine * np.exp(state[:, _GOOD] * prices.fine_power / scale)
        + prices.news * np.minimum(1.0, state[:, _NEWS])
        + prices.agreement * agreement
        - prices.repetition * state[:, _REPEATED]
        - prices.short * missing
    )
    return np.where(state[:, _COUNT] > 0, value, -prices.short)
