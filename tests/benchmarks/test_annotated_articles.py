"""The measures of chosen sentences against a reader's judgement, and the folds."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.annotated_articles import folds_of, load, measures
from tests.benchmarks.annotated import annotated_articles

_KINDS = ("own", "noisy")
ARTICLE = annotated_articles()[0]


@pytest.mark.parametrize(
    ("chosen", "fine", "leaning", "boilerplate", "empty", "news"),
    [
        ([2, 4], 1, 0, 0, 0, 1),
        ([2, 3], 1, 0, 0, 0, 1),
        ([3, 4], 0, 1, 0, 0, 0),
        ([1, 2], 0, 0, 1, 0, 1),
        ([4, 5], 0, 0, 0, 1, 0),
        ([], 0, 0, 0, 0, 0),
    ],
)
def test_what_a_reader_says_of_chosen_lines(
    chosen: list[int], fine: int, leaning: int, boilerplate: int, empty: int, news: int
) -> None:
    found = measures(ARTICLE, chosen)
    names = ("fine", "leaning", "boilerplate", "empty", "news")
    assert [found[name] for name in names] == [fine, leaning, boilerplate, empty, news]


def test_a_pick_that_is_nearly_as_good_counts_half_for_the_precision_only() -> None:
    found = measures(replace(ARTICLE, also=(3,)), [2, 3])
    assert (found["precision"], found["recall"]) == (0.75, 0.5)
    assert found["F"] == pytest.approx(0.6)


def test_sentences_are_found_as_lines_even_if_they_are_split_otherwise() -> None:
    lines = ARTICLE.lines
    assert ARTICLE.line_numbers([lines[3], lines[1]]) == [2, 4]
    assert ARTICLE.line_numbers([f"{lines[1]} {lines[2]}"]) == [2]
    assert ARTICLE.line_numbers(["Another text."]) == []
    assert ARTICLE.aligned([lines[0], "nothing of it", lines[2]]) == [1, 0, 3]


def test_a_file_is_read(tmp_path: Path) -> None:
    row = {
        "id": "one", "title": "T", "language": "en", "labels": "SB", "picks": [1], "also": [],
        "lines": [
            {"n": 1, "kind": "paragraph", "starts_paragraph": True, "text": "A mill burns."},
            {"n": 2, "kind": "item", "starts_paragraph": True, "text": "Share"},
        ],
    }  # fmt: skip
    (tmp_path / "articles.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
    (one,) = load([tmp_path])
    assert one.article.text == "A mill burns.\n\nShare"
    assert [str(kind) for kind in one.article.paragraph_kinds] == ["paragraph", "item"]


def test_all_pages_of_a_site_are_in_one_fold(tmp_path: Path) -> None:
    articles = [replace(one, id=f"wcxb-{number:04}-own") for number, one in enumerate(annotated_articles())]
    addresses = {
        f"{number:04}": {"url": f"https://www.site{number % 4}.co.uk/{number}"} for number in range(12)
    }
    truth = tmp_path / "truth.json"
    truth.write_text(json.dumps(addresses), "utf-8")
    folds = folds_of(articles, 2, truth)
    assert sorted(folds) == [0] * 6 + [1] * 6
    assert all(folds[number] == folds[number % 4] for number in range(12))


def test_two_extractions_of_a_page_are_in_one_fold() -> None:
    pairs = [replace(one, id=f"{one.id}-{kind}") for one in annotated_articles() for kind in _KINDS]
    folds = folds_of(pairs, 3)
    assert folds[::2] == folds[1::2]


def test_a_line_without_an_end_mark_stays_a_line_of_the_article() -> None:
    paragraphs = (("paragraph", ("By Ann Dahl", "A mill burns.", "It is old.", "Skills:", "“It is gone.”")),)
    one = replace(ARTICLE, paragraphs=paragraphs)
    assert one.article.text == "By Ann Dahl\nA mill burns. It is old. Skills:\n“It is gone.”"
