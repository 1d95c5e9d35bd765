"""The cases of the benchmark, and the figures that it must not fall below."""

from __future__ import annotations

from collections import Counter

import pytest

from benchmarks.sentence_splitting import Paragraph, count_right, measure, read_cases, split_with_precis

CASES = list(read_cases())


def test_each_language_has_twenty_sentences_in_two_halves() -> None:
    sentences = Counter[str]()
    for paragraph in CASES:
        sentences[paragraph.language] += len(paragraph.sentences)
    assert len(sentences) >= 35
    assert min(sentences.values()) >= 20
    halves = {(paragraph.language, paragraph.kept_aside) for paragraph in CASES}
    assert len(halves) == 2 * len(sentences)


@pytest.mark.parametrize(("kept_aside", "least"), [(False, 0.98), (True, 0.95)])
def test_few_sentences_are_split_wrong(kept_aside: bool, least: float) -> None:
    counts = [count for (_, half), count in measure(CASES, split_with_precis).items() if half is kept_aside]
    assert sum(right for right, _ in counts) >= least * sum(total for _, total in counts)


def test_a_sentence_that_is_cut_or_joined_is_not_right() -> None:
    paragraph = Paragraph("en", ("One came.", "Two left.", "Three stayed."), kept_aside=False)
    assert count_right(paragraph, lambda text, language: ["One came. Two left.", "Three stayed."]) == 1
    assert count_right(paragraph, lambda text, language: ["One", "came.", "Two left.", "Three stayed."]) == 2
