"""The search over sets of sentences."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.summarize.concepts import Concepts
from bot.summarize.reply_selection import PRICES, Candidates, choose


def candidates(good: list[float], **changes: Any) -> Candidates:
    n = len(good)
    return replace(
        Candidates(
            good_alone=np.array(good),
            good_after=np.array(good),
            news=np.full(n, 1 / n),
            wanted=np.full(n, 0.4),
            word_counts=np.full(n, 20.0),
            can_start=np.ones(n, dtype=bool),
            can_follow=np.ones(n, dtype=bool),
            needs_next=np.zeros(n, dtype=bool),
            facts=np.repeat(np.eye(n), 2, axis=1),
        ),
        **changes,
    )


def test_the_best_sentences_are_chosen_in_the_order_of_the_article() -> None:
    found = choose(candidates([0.9, 0.2, 0.9, 0.2, 0.9]), 3, 60)
    assert found.indices == (0, 2, 4)


def test_a_sentence_that_leans_is_chosen_only_directly_after_the_one_before_it() -> None:
    can_start = np.array([True, False, True, False])
    wanted = np.array([0.1, 0.1, 0.5, 0.9])
    found = choose(candidates([0.9, 0.9, 0.9, 0.9], can_start=can_start, wanted=wanted), 2, 40)
    assert found.indices == (2, 3)
    alone = choose(candidates([0.9, 0.9, 0.9, 0.9], can_start=can_start, wanted=wanted), 1, 40)
    assert alone.indices == (2,)


def test_two_sentences_that_repeat_each_other_are_never_chosen_together() -> None:
    facts = np.array([[1.0, 1, 1, 0, 0], [1, 1, 1, 1, 0], [0, 0, 0, 0, 1]])
    assert choose(candidates([0.9] * 3, facts=facts), 3, 60).indices in {(0, 2), (1, 2)}


def test_a_set_that_covers_more_of_the_title_and_of_the_content_is_worth_more() -> None:
    covered = np.array([[True, False, False], [True, False, False], [False, True, True]])
    one = candidates([0.9] * 3, wanted=np.full(3, 0.4))
    for title, article in ((1.0, 0.0), (0.0, 1.0)):
        concepts = Concepts(covered, title * np.full(3, 1 / 3), article * np.full(3, 0.5))
        found = choose(replace(one, concepts=concepts), 2, 40, replace(PRICES, title=1.0, content=1.0))
        assert 2 in found.indices


def test_half_a_quotation_is_chosen_only_with_its_other_half() -> None:
    first, second = np.array([True, False, False, False]), np.array([True, False, True, True])
    wanted = np.array([0.9, 0.1, 0.5, 0.5])
    one = candidates([0.9] * 4, needs_next=first, can_start=second, wanted=wanted)
    assert choose(one, 1, 40).indices in {(2,), (3,)}
    assert choose(one, 2, 40).indices in {(0, 1), (2, 3)}
    assert choose(replace(one, word_counts=np.array([20.0, 90, 20, 20])), 3, 60).indices == (2, 3)


def test_nothing_is_chosen_if_the_other_half_of_a_quotation_does_not_fit() -> None:
    one = candidates([0.9, 0.9], needs_next=np.array([True, False]), can_start=np.array([True, False]))
    assert choose(one, 1, 40).indices == ()
    assert choose(candidates([0.9], needs_next=np.array([True])), 1, 40).indices == ()


def test_doubtful_sentences_are_left_out_once_the_reply_is_long_enough() -> None:
    wanted = np.array([0.7, 0.7, 0.1])
    assert choose(candidates([0.95, 0.95, 0.3], wanted=wanted), 3, 60).indices == (0, 1)


def test_the_news_is_chosen_even_if_it_is_a_little_less_sure() -> None:
    news = np.array([0.0, 0.9, 0.1])
    assert 1 in choose(candidates([0.9, 0.75, 0.9], news=news), 2, 40).indices


@pytest.mark.parametrize(("sentences", "words"), [(0, 100), (3, 0), (3, 19), (-1, 100)])
def test_nothing_fits(sentences: int, words: int) -> None:
    assert choose(candidates([0.9, 0.9]), sentences, words).indices == ()


@given(
    good=st.lists(st.floats(0.01, 0.99), min_size=1, max_size=7),
    sentences=st.integers(1, 4),
    words=st.integers(20, 100),
    data=st.data(),
)
@settings(max_examples=60, deadline=None)
def test_the_limits_hold(good: list[float], sentences: int, words: int, data: st.DataObject) -> None:
    starts = np.array(data.draw(st.lists(st.booleans(), min_size=len(good), max_size=len(good))))
    found = choose(candidates(good, can_start=starts), sentences, words).indices
    assert len(found) <= sentences
    assert 20 * len(found) <= words
    assert all(starts[i] or i - 1 in found for i in found)
    assert list(found) == sorted(set(found))


def test_the_search_finds_the_best_of_all_sets() -> None:
    rng = np.random.default_rng(4)
    for _ in range(10):
        one = candidates(
            list(rng.uniform(0.2, 1, 9)),
            wanted=rng.uniform(0, 1, 9),
            word_counts=rng.integers(8, 40, 9).astype(float),
        )
        best = max(
            choose(replace(one, can_start=allowed, can_follow=allowed), 3, 70).value
            for size in (1, 2, 3)
            for chosen in itertools.combinations(range(9), size)
            if (allowed := np.isin(np.arange(9), chosen)) is not None
        )
        assert choose(one, 3, 70).value == pytest.approx(best)


def test_a_higher_price_of_faults_makes_the_reply_shorter() -> None:
    one = candidates([0.9, 0.8, 0.7, 0.6])
    strict = choose(one, 4, 80, replace(PRICES, fine=6.0))
    assert len(strict.indices) < len(choose(one, 4, 80, replace(PRICES, fine=0.1)).indices)


def test_three_sentences_need_not_fill_a_million_words() -> None:
    sizes = np.array([20.0, 300.0, 20.0, 300.0, 20.0])
    found = choose(candidates([0.9, 0.2, 0.9, 0.2, 0.9], word_counts=sizes), 3, 1_000_000)
    assert found.indices == (0, 2, 4)


def test_neighbours_are_chosen_before_others_of_the_same_value() -> None:
    assert choose(candidates([0.9, 0.5, 0.9, 0.9]), 2, 40).indices == (2, 3)
