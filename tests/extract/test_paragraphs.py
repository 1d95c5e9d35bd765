"""Selected blocks are turned into paragraphs."""

from __future__ import annotations

import pytest

from bot.core.models import ParagraphKind
from bot.extract.blocks import split_blocks
from bot.extract.html_tree import parse_html
from bot.extract.paragraphs import to_paragraphs

BEFORE = "<p>The council decided on Tuesday to keep the old lighthouse.</p>"
AFTER = "<p>The vote was close, and nobody went home before midnight.</p>"


def between(html: str) -> list[tuple[str, ParagraphKind]]:
    """The paragraphs between two fixed paragraphs, with every block selected."""
    root = parse_html(f"<html><body>{BEFORE}{html}{AFTER}</body></html>")
    assert root is not None
    blocks = split_blocks(root)
    found = [(one.text, one.kind) for one in to_paragraphs(blocks, list(range(len(blocks))))]
    assert found[0][0].startswith("The council")
    assert found[-1][0].startswith("The vote")
    return found[1:-1]


@pytest.mark.parametrize(
    "html",
    [
        "<p><a href=/x>TEN THINGS THAT YOU NEVER KNEW ABOUT HARBOURS</a></p>",
        "<p><strong><a href=/x>WATCH</a></strong></p>",
        "<p><a href=/x>See our rating.</a></p>",
        "<div><a href=/x>Hungry for more?</a></div>",
    ],
)
def test_a_link_line_is_dropped(html: str) -> None:
    assert between(html) == []


@pytest.mark.parametrize(
    ("html", "kind"),
    [
        ("<p><a href=/x>The Brackwater Courier</a></p>", ParagraphKind.PARAGRAPH),
        (
            "<p><a href=/x>The full text of the decision is on the pages of the council.</a></p>",
            ParagraphKind.PARAGRAPH,
        ),
        ("<p>SAVE THE TOWER</p>", ParagraphKind.PARAGRAPH),
        ("<p>See <a href=/x>our rating</a>.</p>", ParagraphKind.PARAGRAPH),
        ("<h2><a href=/x>THE VOTE</a></h2>", ParagraphKind.HEADING),
        ("<ul><li><a href=/x>NASA</a></li></ul>", ParagraphKind.LIST_ITEM),
    ],
)
def test_other_links_and_other_lines_in_capitals_are_kept(html: str, kind: ParagraphKind) -> None:
    assert [found for _, found in between(html)] == [kind]


def test_short_links_before_and_after_the_text_are_dropped() -> None:
    link = "<p><a href=/x>Harbours and coasts</a></p>"
    root = parse_html(f"<html><body>{link}{BEFORE}{link}{AFTER}{link}</body></html>")
    assert root is not None
    blocks = split_blocks(root)
    kept = [one.text.split()[0] for one in to_paragraphs(blocks, list(range(len(blocks))))]
    assert kept == ["The", "Harbours", "The"]


def test_a_sentence_that_a_line_break_splits_is_joined() -> None:
    assert between("<p>The tower was built in 1871<br>and went dark in 2009.</p>") == [
        ("The tower was built in 1871 and went dark in 2009.", ParagraphKind.PARAGRAPH)
    ]
