"""Our ROUGE gives the same figures as the rouge-score package."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

from benchmarks.rouge import rouge

SENTENCES = st.lists(st.text("abcd e", min_size=1, max_size=30).filter(str.strip), min_size=1, max_size=4)


@pytest.mark.parametrize("stem", [True, False])
@given(summary=SENTENCES, reference=SENTENCES)
def test_it_agrees_with_rouge_score(stem: bool, summary: list[str], reference: list[str]) -> None:
    scorer = RougeScorer(["rouge1", "rouge2", "rougeLsum"], use_stemmer=stem)
    theirs = scorer.score("\n".join(reference), "\n".join(summary))
    ours = rouge(summary, [reference], stem=stem)
    assert ours == pytest.approx([100 * score.fmeasure for score in theirs.values()])


def test_the_best_reference_counts() -> None:
    assert rouge(["the dog barks"], [["a cat"], ["the dog barks"]], stem=True) == (100, 100, 100)
