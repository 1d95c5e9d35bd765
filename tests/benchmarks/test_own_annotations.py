"""The annotated articles that were written for the project."""

from __future__ import annotations

from collections import Counter

from benchmarks.own_annotations import load_own

ARTICLES = load_own()


def test_each_language_has_its_articles() -> None:
    assert Counter(one.language for one in ARTICLES) == {"es": 60, "it": 60, "nl": 60, "pt": 55, "de": 25}


def test_each_line_has_a_label() -> None:
    assert [
        one.id for one in ARTICLES if len(one.labels) != len(one.lines) or set(one.labels) - set("SLBFO")
    ] == []


def test_each_pick_can_be_posted() -> None:
    """It stands alone, or leans on the pick before it."""
    wrong = [
        (one.id, number)
        for one in ARTICLES
        for number in one.picks
        if (label := one.labels[number - 1]) != "S" and not (label == "L" and number - 1 in one.picks)
    ]
    assert wrong == []
