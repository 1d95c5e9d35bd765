"""Choose the sentences of a reply as a whole: a beam search over sets of sentences, in the article's order.

The value of a set is what a reader is expected to get from it: the probability that all of its sentences are
good, the probability that the news is among them, and the expected agreement (F1) with an editor's picks;
less what the sentences repeat of each other, and what is missing to a useful length.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from bot.summarize.concepts import Concepts
from bot.summarize.repetition import MAX_OVERLAP, overlaps
from bot.summarize.word_statistics import Floats


class Prices(Struct, frozen=True):
    """The weight of each part of the value; see `benchmarks/fit_reply.py`."""

    fine: float = 1.65
    news: float = 1.0
    agreement: float = 1.2
    fine_power: float = 0.71
    """Below 1, because the faults of the sentences of one article are not independent."""
    run: float = 0.058
    """For each sentence directly after another one: a reply of neighbours reads through."""
    title: float = 0.14
    """For the words of the title that the reply explains or states."""
    content: float = 0.7
    """For what a summary by a person would contain, each thing once."""
    repetition: float = 0.5
    short: float = 0.9
    enough: float = 55.0
    """A set with fewer words is too short."""
    share: float = 0.9
    """... unless it has this share of the allowed words."""
    full: float = 0.95
    """The share of the allowed words that is enough if more than `_EDITORS_WORDS` are allowed."""
    each: float = 0.0
    """For each sentence: a high price fills the number of sentences that is asked for."""


PRICES = Prices()
FILL = replace(PRICES, each=3.0)
"""For sumy's interface, which asks for a number of sentences and not for a limit."""
_FREE_OVERLAP = 0.2
_USUAL_SENTENCE = 25
"""Words of a sentence: three sentences are not expected to fill 1,000 words."""
_CANDIDATES, _BEAMS = 20, 60
_EDITORS_PICKS, _EDITORS_WORDS = 3.9, 100
"""The sentences that an editor picks, in the mean, if the reply may have 100 words."""
_LAST, _COUNT, _WORDS, _GOOD, _NEWS, _WANTED, _REPEATED, _RUNS, _COVERED = range(9)


class Candidates(Struct, frozen=True):
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
    needs_next: NDArray[np.bool_]
    """Whether it may be picked only together with the sentence after it."""
    facts: Floats
    """One row for each sentence: the value of each content word that it has, and 0 for others."""
    concepts: Concepts | None = None
    """What the sentences cover together."""


class Choice(Struct, frozen=True):
    """The indices of the chosen sentences in order, and the value of the set."""

    indices: tuple[int, ...]
    value: float


def choose(candidates: Candidates, sentences: int, words: int, prices: Prices = PRICES) -> Choice:
    """The best set of at most `sentences` sentences and `words` words; empty if no sentence fits."""
    search = _Search(candidates, sentences, words, prices)
    for at in range(len(search.considered)):
        search.extend(at)
    return search.best()


class _Search:
    """The beam: the best sets so far, a row each, with the sentences considered up to now."""

    def __init__(self, candidates: Candidates, sentences: int, words: int, prices: Prices) -> None:
        self._candidates, self._prices = candidates, prices
        self._sentences, self._words = sentences, words
        self._size = max(1, min(words, _USUAL_SENTENCE * sentences))
        self.considered = _considered(candidates, words, self._size, prices)
        shared = overlaps(candidates.facts[self.considered])
        # for each sentence: what each other one repeats of it, and whether that excludes it
        self._shared = np.stack([np.maximum(0.0, shared - _FREE_OVERLAP), shared > MAX_OVERLAP], axis=2)
        self._log_alone, self._log_after = (
            np.log(np.clip(good, 1e-3, 1.0)) for good in (candidates.good_alone, candidates.good_after)
        )
        self._covers, self._worth = _concepts_of(candidates.concepts, self.considered, self._size, prices)
        self._covered = np.zeros((1, len(self._worth)), dtype=bool)
        self._state = np.zeros((1, 9))
        self._state[0, _LAST] = -2
        self._members = np.zeros((1, len(self.considered)))
        self._values = np.array([-prices.short * _scale(self._size) ** 2])
        self._added = np.zeros((len(self.considered), 9))
        self._added[:, _COUNT] = 1
        for column, values in (
            (_WORDS, candidates.word_counts),
            (_NEWS, candidates.news),
            (_WANTED, candidates.wanted),
            (_GOOD, self._log_alone),
        ):
            self._added[:, column] = values[self.considered]

    def extend(self, at: int) -> None:
        """Add the considered sentence number `at` to each set that it fits, and keep the best sets."""
        i, candidates = self.considered[at], self._candidates
        shared = self._members @ self._shared[at]
        follows = self._state[:, _LAST] == i - 1
        fits = (
            (follows | ~candidates.needs_next[self._last()] | (self._state[:, _COUNT] == 0))
            & _allowed(follows, bool(candidates.can_follow[i]), bool(candidates.can_start[i]))
            & (self._state[:, _COUNT] < self._sentences)
            & (self._state[:, _WORDS] + candidates.word_counts[i] <= self._words)
            & (shared[:, 1] == 0)
        )
        if not fits.any():
            return
        chosen = np.flatnonzero(fits)
        state, members = self._state.take(chosen, axis=0), self._members.take(chosen, axis=0)
        state += self._added[at]
        state[:, _REPEATED] += shared.take(chosen, axis=0)[:, 0]
        after = follows.take(chosen)
        if after.any():
            state[after, _RUNS] += 1
            state[after, _GOOD] += self._log_after[i] - self._log_alone[i]
        state[:, _LAST], members[:, at] = i, True
        covered = self._covered.take(chosen, axis=0) | self._covers[at]
        state[:, _COVERED] = covered @ self._worth
        values = np.concatenate([self._values, self._value_of(state)])
        best = (-values).argsort(kind="stable")[:_BEAMS]
        self._values = values.take(best)
        self._state = np.concatenate([self._state, state]).take(best, axis=0)
        self._members = np.concatenate([self._members, members]).take(best, axis=0)
        self._covered = np.concatenate([self._covered, covered]).take(best, axis=0)

    def _last(self) -> NDArray[np.int64]:
        """The last sentence of each set; for the empty set, the first of the article."""
        return np.maximum(0, self._state[:, _LAST]).astype(np.int64)

    def _value_of(self, state: Floats) -> Floats:
        return _values(state, self._size, self._prices).round(9)

    def best(self) -> Choice:
        """The set with the highest value."""
        done = ~self._candidates.needs_next[self._last()] | (self._state[:, _COUNT] == 0)
        row = int(np.argmax(np.where(done, self._values, -np.inf)))
        chosen = tuple(self.considered[at] for at in np.flatnonzero(self._members[row]))
        return Choice(chosen, float(self._values[row]))


def _considered(candidates: Candidates, words: int, size: int, prices: Prices) -> list[int]:
    """The indices of the most promising sentences, and of those that may follow them."""
    fits = (candidates.word_counts > 0) & (candidates.word_counts <= words)
    promise = (
        prices.fine * np.log(np.clip(candidates.good_alone, 1e-3, 1.0))
        + prices.news * candidates.news
        + prices.agreement * candidates.wanted
    )
    promise = np.where(fits & candidates.can_start, promise, -np.inf)
    count = max(_CANDIDATES, 2 * size // _USUAL_SENTENCE)
    best = [int(i) for i in np.argsort(-np.round(promise, 9), kind="stable")[:count] if promise[i] > -np.inf]
    following = (i + 1 for i in best if i + 1 < len(fits) and fits[i + 1] and candidates.can_follow[i + 1])
    return sorted({*best, *following})


def _concepts_of(
    concepts: Concepts | None, considered: Sequence[int], size: int, prices: Prices
) -> tuple[NDArray[np.bool_], Floats]:
    """What each considered sentence covers, and how much each concept adds to the value of a set."""
    if concepts is None:
        return np.zeros((len(considered), 0), dtype=bool), np.zeros(0)
    # as many of the best concepts as `size` words can hold
    best = np.sort(concepts.of_article)[::-1][: max(1, size)].sum()
    worth = prices.title * concepts.of_title + prices.content * concepts.of_article / max(1e-9, best)
    return concepts.covered[list(considered)], worth


def _allowed(follows: NDArray[np.bool_], after: bool, before: bool) -> NDArray[np.bool_] | bool:
    """`after` for the sets whose last sentence is directly before the sentence, `before` for the others."""
    if after == before:
        return after
    return follows if after else ~follows


def _scale(size: int) -> float:
    return max(1.0, size / _EDITORS_WORDS)


def _values(state: Floats, size: int, prices: Prices) -> Floats:
    """The value of each set of at least one sentence; `size` is the words that the limits leave room for."""
    scale = _scale(size)
    # the harmonic mean of the precision, wanted / count, and of the recall, min(1, wanted / picks)
    wanted = state[:, _WANTED]
    agreement = 2 * wanted / (state[:, _COUNT] + np.maximum(wanted, _EDITORS_PICKS * scale))
    enough = max(1.0, min(prices.enough, prices.share * size) if scale <= 1 else prices.full * size)
    missing = np.maximum(0.0, 1 - state[:, _WORDS] / enough)
    value: Floats = (
        prices.fine * np.exp(state[:, _GOOD] * prices.fine_power / scale)
        + prices.news * np.minimum(1.0, state[:, _NEWS])
        + prices.agreement * agreement
        + prices.each * state[:, _COUNT]
        + prices.run * state[:, _RUNS] / scale
        + state[:, _COVERED]
        - prices.repetition * state[:, _REPEATED]
        - prices.short * scale**2 * missing
    )
    return value
