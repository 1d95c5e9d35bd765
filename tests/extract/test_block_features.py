"""Features of blocks: structure, text and sequence."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.block_pages import block_page_samples
from bot.extract.block_features import block_features, block_table, window_mean
from bot.extract.block_model import load_trees
from bot.extract.block_text import text_shape
from bot.extract.blocks import Blocks, split_blocks
from bot.extract.html_tree import parse_html

SENTENCE = "The harbour board of Lanby met on Monday to speak about the old light."


def blocks_of(html: str) -> Blocks:
    root = parse_html(f"<html><body>{html}</body></html>")
    assert root is not None
    return split_blocks(root)


def features(html: str, covered: int = 100) -> dict[str, list[float]]:
    """The features, if the reader has the first `covered` blocks."""
    blocks = blocks_of(html)
    coverage = np.array([float(at < covered) for at in range(len(blocks))])
    return {name: list(map(float, values)) for name, values in block_features(blocks, coverage).items()}


ARTICLE = f"<article><h1>Light</h1><p>{SENTENCE}</p><p>{SENTENCE}</p></article>"
CARDS = "".join(f'<div class="card"><a href="/{n}">Story {n} of the week</a></div>' for n in range(5))


def test_the_cards_of_a_grid_are_a_run_of_like_siblings() -> None:
    found = features(f'{ARTICLE}<div class="grid">{CARDS}</div>', covered=3)
    assert found["run_size"] == [0, 0, 0, 5, 5, 5, 5, 5]
    assert found["run_links"][3:] == [1.0] * 5
    assert found["run_coverage"][3:] == [0.0] * 5


def test_paragraphs_are_not_a_run() -> None:
    assert features(f"<div>{'<p>' + SENTENCE + '</p>'}</div>" * 1)["run_size"] == [0]
    assert features(f"<div><p>{SENTENCE}</p><p>{SENTENCE}</p></div>")["run_size"] == [0, 0]


def test_a_box_beside_the_text_is_a_branch_with_its_elements_and_names() -> None:
    box = '<aside class="newsletter"><p>Every week a letter</p><p><a href="/">Yes</a></p></aside>'
    found = features(f"<article><p>{SENTENCE}</p>{box}<p>{SENTENCE}</p></article>", covered=1)
    assert found["in_aside"] == [0, 1, 1, 0]
    assert found["newsletter_names"] == [0, 1, 1, 0]
    assert found["branch_words"][1:3] == [5, 5]
    assert found["branch_links"][1:3] == [0.2, 0.2]
    assert found["branch_depth"] == [1, 2, 2, 1]


def test_blocks_know_the_headings_around_them() -> None:
    found = features(f"<p>{SENTENCE}</p><h2>Costs</h2><p>{SENTENCE}</p><p>{SENTENCE}</p><h3>End</h3>")
    assert found["heading_distance"] == [99, 0, 1, 2, 0]
    assert found["next_heading"] == [1, 3, 2, 1, 1]
    assert found["heading_level"] == [0, 2, 2, 2, 3]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The board met on Monday, and all members came to the meeting in the hall.", 15),
        ("港の委員会は月曜日に会合を開き、全員が広間での会議に出席した。", 18),
        ("委员会星期一开会，所有成员都到大厅参加了会议。", 13),
        ("คณะกรรมการประชุมกันในวันจันทร์ และสมาชิกทุกคนมาประชุมที่ห้องโถง", 12),
        ("اجتمع المجلس يوم الاثنين، وحضر جميع الأعضاء إلى الاجتماع في القاعة.", 11),
        ("समिति की बैठक सोमवार को हुई, और सभी सदस्य सभागार में आए।", 12),
        ("위원회는 월요일에 모였고, 모든 위원이 강당 회의에 왔다.", 8),
    ],
)
def test_prose_has_the_shape_of_prose_in_every_script(text: str, words: int) -> None:
    shape = text_shape([text], np.array([float(words)]))
    assert shape["sentence"][0] == 1
    assert 0 < shape["capitals"][0] < 0.1
    assert 0 < shape["punctuation"][0] < 0.4


def test_a_short_label_is_not_a_sentence_in_a_script_without_marks() -> None:
    assert text_shape(["ข่าวล่าสุด"], np.array([2.0]))["sentence"][0] == 0


def test_a_window_ends_at_the_edges_of_the_page() -> None:
    values = np.array([1.0, 0.0, 0.0, 1.0])
    assert window_mean(values, np.ones(4), 3).tolist() == pytest.approx([1 / 2, 1 / 3, 1 / 3, 1 / 2])


@pytest.mark.parametrize("html", [f"<p>{SENTENCE}</p>", "<h2>One</h2>", f"{ARTICLE}<ul><li>x</ul>"])
def test_small_pages_have_finite_features(html: str) -> None:
    blocks = blocks_of(html)
    for coverage in (np.zeros(len(blocks)), np.ones(len(blocks))):
        assert np.isfinite(block_table(blocks, coverage)).all()


def test_the_trees_test_only_columns_that_exist() -> None:
    blocks = blocks_of(ARTICLE)
    table = block_table(blocks, np.ones(len(blocks)))
    assert load_trees()._column.max() < table.shape[1]


def test_built_pages_are_the_same_each_time_and_contain_their_truth() -> None:
    pages = block_page_samples()
    assert len(pages) >= 60
    assert [page.html for page in pages] == [page.html for page in block_page_samples()]
    for page in pages:
        root = parse_html(page.html)
        assert root is not None
        shown = set(split_blocks(root).texts)
        assert [line for line in page.body.splitlines() if line not in shown] == []
