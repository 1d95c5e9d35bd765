"""The sentences of a box that sums up the article are prose, not items of a list."""

from __future__ import annotations

import pytest

from bot.extract.blocks import split_blocks
from bot.extract.html_tree import parse_html
from bot.extract.paragraphs import to_paragraphs

STORY = (
    "<p>The council of Brackwater decided on Tuesday to keep the lighthouse, and nobody went home early.</p>"
)
ITEMS = ["The council keeps its lighthouse for ten years.", "It costs the town two million a year."]


def kinds_of(html: str) -> list[str]:
    root = parse_html(f"<html><body>{html}</body></html>")
    assert root is not None
    blocks = split_blocks(root)
    return [one.kind.value for one in to_paragraphs(blocks, list(range(len(blocks))))]


def box(title: str, items: list[str], tag: str = "h3") -> str:
    return f"<div><{tag}>{title}</{tag}><ul>{''.join(f'<li>{item}</li>' for item in items)}</ul></div>"


@pytest.mark.parametrize(
    "title",
    [
        "In short", "Key takeaways:", "The key points", "TL;DR", "At a glance",
        "Auf einen Blick", "Das Wichtigste in Kürze", "Kurz & knapp",
        "En bref", "L’essentiel", "À retenir :",
        "En resumen", "Lo esencial", "Las claves",
        "In sintesi", "I punti chiave",
        "Em resumo", "Pontos-chave",
        "In het kort", "Kort samengevat",
    ],
)  # fmt: skip
@pytest.mark.parametrize("tag", ["h3", "p", "strong", "div"])
def test_whole_sentences_of_a_box_are_a_summary(title: str, tag: str) -> None:
    kinds = kinds_of(box(title, ITEMS, tag) + STORY)
    assert kinds[1:] == ["summary", "summary", "paragraph"]


def test_a_box_with_one_paragraph_is_a_summary() -> None:
    kinds = kinds_of(f"<aside><h4>En bref</h4><p>La mairie garde son phare pour dix ans.</p></aside>{STORY}")
    assert kinds == ["heading", "summary", "paragraph"]


@pytest.mark.parametrize(
    ("html", "kinds"),
    [
        # no sentences
        (box("In short", ["Two million", "Ten years"]) + STORY, ["heading", "item", "item", "paragraph"]),
        # other titles
        (box("Opening hours", ITEMS) + STORY, ["heading", "item", "item", "paragraph"]),
        (box("In short, nobody knows", ITEMS) + STORY, ["heading", "item", "item", "paragraph"]),
        # a paragraph of the text after a title that is not in a box
        (f"<h3>In short</h3><div>{STORY}</div>", ["heading", "paragraph"]),
        # a conclusion
        (STORY * 16 + box("Summary", ITEMS), [*["paragraph"] * 16, "heading", "item", "item"]),
        # the list after the box
        (
            box("In short", ITEMS) + STORY + f"<ul><li>{ITEMS[0]}</li></ul>",
            ["heading", "summary", "summary", "paragraph", "item"],
        ),
    ],
)  # fmt: skip
def test_other_lists_and_paragraphs_are_not(html: str, kinds: list[str]) -> None:
    assert kinds_of(html) == kinds


def test_a_list_after_the_box_is_not_part_of_it() -> None:
    after = "".join(f"<li>Entry {n} tells what the council said in the evening.</li>" for n in range(3))
    assert kinds_of(f"{box('In short', ITEMS)}<ul>{after}</ul>{STORY}") == [
        "heading", "summary", "summary", "item", "item", "item", "paragraph",
    ]  # fmt: skip
