"""Unit tests of the block model and of the clean-up."""

from __future__ import annotations

import numpy as np
import pytest

from bot.extract.alignment import PageIndex
from bot.extract.block_model import confidence, with_whole_lists
from bot.extract.blocks import Blocks, split_blocks
from bot.extract.cleanup import cleanup_rules, find_dropped_lines
from bot.extract.html_tree import parse_html
from bot.extract.titles import without_site_name


def blocks_of(html: str) -> Blocks:
    root = parse_html(f"<html><body>{html}</body></html>")
    assert root is not None
    return split_blocks(root)


def test_blocks_are_the_text_between_block_tags() -> None:
    found = blocks_of("<div>one <b>two</b><p>three</p> four<br>five <a href=x>six</a></div><p> . </p>")
    assert found.texts == ["one two", "three", "four", "five six"]
    assert [round(share, 2) for share in found.link_share] == [0, 0, 0, 0.38]


def test_a_reader_text_is_aligned_in_order() -> None:
    found = blocks_of("<p>a b c d e</p><p>x y</p><p>a b c d f</p><p>x y</p>")
    index = PageIndex(found)
    assert index.block_coverage(index.covered_words("x y\na b c d f")).tolist() == [0.0, 1.0, 1.0, 0.0]
    assert index.block_coverage(index.covered_words("a b c d e\nx y")).tolist() == [1.0, 1.0, 0.0, 0.0]


def test_part_of_a_block_counts_as_its_share() -> None:
    found = blocks_of("<p>one two three four five six seven eight</p><p>nine</p>")
    index = PageIndex(found)
    assert index.block_coverage(index.covered_words("three four five six\nnothing of the kind")).tolist() == [
        0.5,
        0.0,
    ]


def test_unique_text_out_of_order_counts_too() -> None:
    found = blocks_of("<p>alpha beta gamma</p><p>delta epsilon zeta eta</p>")
    index = PageIndex(found)
    assert index.block_coverage(index.covered_words("delta epsilon zeta eta\nalpha beta gamma")).tolist() == [
        1.0,
        1.0,
    ]


def test_confidence_is_the_expected_f1() -> None:
    assert confidence(np.array([1.0, 0.0]), np.array([50.0, 50.0])) == pytest.approx(1.0)
    assert confidence(np.array([0.5]), np.array([100.0])) == pytest.approx(2 / 3)
    assert confidence(np.zeros(0), np.zeros(0)) == 0.0


def test_the_items_of_a_list_are_kept_or_left_as_a_whole() -> None:
    found = blocks_of("<p>a b</p><ul><li>c d e<li>f</ul><ul><li>g h</ul>")
    p = np.array([0.9, 0.6, 0.2, 0.1])
    whole = with_whole_lists(found, p, np.array([2.0, 3.0, 1.0, 2.0]))
    assert whole.tolist() == pytest.approx([0.9, 0.5, 0.5, 0.1])


DROPPED = [
    ("Read more: Three boats lost in the gale", "read-more"),
    ("Lesen Sie auch: Drei Boote im Sturm verloren", "read-more"),
    ("À lire aussi : trois bateaux perdus", "read-more"),
    ("Читайте также: Три лодки погибли", "read-more"),
    ("関連記事はこちら", "read-more"),
    ("Story continues below advertisement", "continues"),
    ("Sign up for our newsletter and never miss a story.", "newsletter"),
    ("Suscríbete a nuestro boletín", "newsletter"),
    ("Download our app for iPhone and Android", "app"),
    ("Follow us on Facebook", "social"),
    ("We use cookies to improve this site.", "cookie"),
    ("Advertisement", "advertisement"),
    ("Publicité", "advertisement"),
    ("Photo: Ruben Hale / Coast Courier", "caption"),
    ("The mole at dawn (Photo by Ruben Hale/Getty Images)", "caption"),
    ("By Nora Whitfield and Tom Oldfield", "byline"),
    ("Von Jochen Brandl", "byline"),
    ("Published on 18 November 2026", "dateline"),
    ("18 November 2026", "dateline"),
    ("10:45 GMT", "live-time"),
    ("Correction: An earlier version named the wrong county.", "correction"),
    ("All rights reserved", "rights"),
    ("Table of contents", "player"),
    ("You are reading a gift article from a friend.", "gift"),
    ("Dieser Artikel wurde Ihnen von einer Abonnentin geschenkt.", "gift"),
    ("Please support our independent journalism with a donation.", "donation"),
    ("We may earn a commission if you buy something through our links.", "affiliate"),
    ("This story was narrated by a computer voice.", "read-aloud"),
    ("You are viewing an archived copy of this page.", "archive"),
    ("Load external content", "embed"),
    ("Order now!", "call"),
    ("Old Lighthouse to Stay", "headline"),
]
DROPPED_AT_THE_END = [("Karl Berg contributed to this report.", "biography")]
KEPT = [
    "By Tuesday evening the water had reached the second step of the town hall.",
    "Read more than a book a week, and you will see the difference within a year, said the librarian.",
    "Photographs of the storm hung in every window of the street.",
    "Cookies were baked for the volunteers in the old kitchen of the school.",
    "Share prices fell by three per cent after the announcement of the company.",
    "In 2026 the council voted again.",
    "12.50 euros is what a ticket costs.",
]


@pytest.mark.parametrize(("line", "rule"), DROPPED)
def test_a_line_that_is_not_part_of_the_article_is_dropped(line: str, rule: str) -> None:
    assert find_dropped_lines([line, *KEPT], "Old Lighthouse to Stay") == {0: rule}


@pytest.mark.parametrize(("line", "rule"), DROPPED_AT_THE_END)
def test_a_line_after_the_article_is_dropped(line: str, rule: str) -> None:
    assert find_dropped_lines([*KEPT, line], "Old Lighthouse to Stay") == {len(KEPT): rule}


def test_every_rule_has_a_test_line() -> None:
    assert {rule for _, rule in (*DROPPED, *DROPPED_AT_THE_END)} == {
        rule.name for rule in cleanup_rules()
    } | {"headline"}


def test_a_headline_far_down_is_kept() -> None:
    lines = [*KEPT, *KEPT, "Old Lighthouse to Stay"]
    assert find_dropped_lines(lines, "Old Lighthouse to Stay") == {}


@pytest.mark.parametrize(
    ("title", "site", "url", "short"),
    [
        ("A tower stays | The Coast Courier", "The Coast Courier", "", "A tower stays"),
        ("A tower stays - coast-courier", None, "https://www.coast-courier.example/x", "A tower stays"),
        ("Courier: A tower stays", "Courier", "", "A tower stays"),
        ("A tower - and what it costs", "Courier", "", "A tower - and what it costs"),
        ("A tower stays", None, "", "A tower stays"),
    ],
)
def test_the_name_of_the_site_is_removed_from_a_title(
    title: str, site: str | None, url: str, short: str
) -> None:
    assert without_site_name(title, site, url) == short
