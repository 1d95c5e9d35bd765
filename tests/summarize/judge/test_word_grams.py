"""Which grams a sentence has, and the logistic regression on them."""

from __future__ import annotations

import numpy as np
import pytest

from bot.summarize.judge.word_grams import (
    CLASSES,
    COLUMNS,
    INTERCEPT,
    WANTED,
    GramModel,
    grams_of,
    softmax,
    weights_of,
)


def test_a_sentence_has_words_pairs_first_words_and_last_words() -> None:
    grams = grams_of("However, 12 mills closed.")
    assert {"however", "0", "mills closed", "<, 0", "^however ,", "^however , 0", "$.", "$closed ."} <= grams
    assert "12" not in grams


def test_only_the_first_six_words_are_first_words() -> None:
    assert "<seven" not in grams_of("one two three four five six seven")
    assert "<six" in grams_of("one two three four five six seven")


@pytest.mark.parametrize("text", ["", " ", "…", "字"])
def test_any_text_has_probabilities(text: str) -> None:
    model = GramModel.from_weights({INTERCEPT: (10, 0, 0, 0, 0, 0)})
    assert model.judge([text])[0, :WANTED].sum() == pytest.approx(1)


def test_the_weights_of_a_gram_count_by_the_root_of_the_number_of_grams() -> None:
    model = GramModel.from_weights({INTERCEPT: (0,) * COLUMNS, "however": (0, 300, 0, 0, 0, 0)})
    short, long = model.judge(["However it rained.", "However it rained " + "on the mill " * 9 + "."])
    assert short[1] > long[1] > 0.2
    assert np.allclose(model.without_words(2)[:, :WANTED], 0.2)


def test_the_last_column_is_the_log_odds_of_a_pick() -> None:
    model = GramModel.from_weights({INTERCEPT: (0,) * WANTED + (-200,), "mills": (0,) * WANTED + (300,)})
    rained, mills = model.judge(["It rained.", "mills"])[:, WANTED]
    assert rained == -2
    assert mills == pytest.approx(-2 + 3 / len(grams_of("mills")) ** 0.5)
    assert model.without_words(1)[0, WANTED] == -2


def test_weights_are_whole_hundredths_and_small_ones_are_left_out() -> None:
    table = weights_of(["one", "two"], np.array([[0.013] * 6, [0.456, 0, 0, 0, 0, 0]]), np.zeros(6))
    assert table == {INTERCEPT: (0,) * 6, "two": (46, 0, 0, 0, 0, 0)}


def test_softmax_keeps_large_values_finite() -> None:
    assert np.allclose(softmax(np.array([[1e4, 0.0]])), [[1, 0]])


def test_the_model_of_the_package_knows_connectives() -> None:
    model = GramModel.load("grams")
    leans = CLASSES.index("L")
    assert model.judge(["However, that was not the end of it."])[0, :WANTED].argmax() == leans
    assert model.judge(["Subscribe to our newsletter."])[0, :WANTED].argmax() == CLASSES.index("B")


def test_sentences_are_judged_as_if_each_was_alone() -> None:
    weights = {"however": (0, 300, 0, 0, 0, 0), "mills": (200, 0, 0, 0, 0, 90)}
    model = GramModel.from_weights({INTERCEPT: (0,) * COLUMNS, **weights})
    texts = ["However, it rained.", "", "12 mills closed."]
    together = model.judge(texts)
    assert together.tolist() == [row for text in texts for row in model.judge([text]).tolist()]
    assert model.judge([]).shape == (0, COLUMNS)
