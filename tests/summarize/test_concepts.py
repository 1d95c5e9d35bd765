"""What the sentences of an article cover: words of the title, and important words and pairs."""

from __future__ import annotations

import numpy as np

from bot.summarize.article_analysis import analyse_article
from bot.summarize.concepts import Concepts, concepts_of
from bot.summarize.precis_method import load_weights

LINES = ["The mill of Osby burned down.", "Nobody was hurt in the mill.", "Anna Berg owns the mill of Osby."]


def concepts(title: str, lines: list[str]) -> Concepts:
    analysis = analyse_article([lines], title, "en", load_weights())
    return concepts_of(analysis.statistics, analysis.word_coverage, analysis.pair_coverage)


def test_the_words_of_the_title_share_one_and_a_rare_one_has_more() -> None:
    found = concepts("Mill of Osby burned down", LINES)
    titled = found.of_title > 0
    assert np.isclose(found.of_title.sum(), 1)
    assert found.covered[:, titled].sum(axis=1).tolist() == [3, 1, 2]
    burned = found.covered[:, titled].sum(axis=0) == 1
    assert found.of_title[titled][burned] > found.of_title[titled].min()


def test_a_word_that_only_the_title_has_does_not_count() -> None:
    assert np.isclose(concepts("Tragedy at mill", LINES).of_title.sum(), 1)
    assert concepts("Tragedy", LINES).of_title.sum() == 0


def test_important_words_and_pairs_have_values_and_the_title_has_none() -> None:
    found = concepts("", LINES)
    assert found.of_title.sum() == 0
    assert (found.of_article > 0).all()
    assert found.covered.any(axis=0).all()


def test_an_article_without_words() -> None:
    assert concepts("", ["...", "!"]).covered.shape[0] == 2
