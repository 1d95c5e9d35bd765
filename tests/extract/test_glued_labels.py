"""Dates, labels and headings that a page glues to a paragraph become lines of their own."""

from __future__ import annotations

import pytest
from lxml import html

from bot.extract.blocks import split_blocks
from bot.extract.running_text.glued_labels import set_labels_apart

STORY = (
    "<p>The mill of Elsterau was built by two brothers in 1904, and if the river is high, it runs.</p>"
    "<p>Der Bach treibt die Mühle, und wenn er steigt, steht sie. La rivière est haute en hiver.</p>"
    "<p>El molino es viejo. Il mulino è vecchio. De molen is oud. O moinho é velho.</p>"
)


def lines_of(paragraph: str) -> list[str]:
    root = html.document_fromstring(f"<html><body>{paragraph}{STORY}</body></html>")
    set_labels_apart(root)
    texts = split_blocks(root).texts
    return texts[: len(texts) - 3]


@pytest.mark.parametrize(
    ("paragraph", "label", "sentence"),
    [
        ("<p><b>Background</b>The mill was built in 1904.</p>", "Background", "The mill was built in 1904."),
        (
            "<p><span>9 December 2024</span>If you own a mill, read this first.</p>",
            "9 December 2024",
            "If you own a mill, read this first.",
        ),
        (
            "<div><span><strong>Der lange Streit</strong></span>Die Mühle von Elsterau steht noch.</div>",
            "Der lange Streit",
            "Die Mühle von Elsterau steht noch.",
        ),
        (
            "<p><strong>Le vieux moulin</strong>La rivière est haute cette année.</p>",
            "Le vieux moulin",
            "La rivière est haute cette année.",
        ),
        (
            "<p><strong>El viejo molino</strong> El agua del río llegó hasta la puerta.</p>",
            "El viejo molino",
            "El agua del río llegó hasta la puerta.",
        ),
        (
            "<li><b>Il vecchio mulino</b> Il fiume è arrivato fino alla porta.</li>",
            "Il vecchio mulino",
            "Il fiume è arrivato fino alla porta.",
        ),
        (
            "<p><time>14 maart 2025</time> De molen van Oosterdam blijft staan.</p>",
            "14 maart 2025",
            "De molen van Oosterdam blijft staan.",
        ),
        (
            '<p><span class="article-kicker">Moinhos</span> O velho moinho da vila fica de pé.</p>',
            "Moinhos",
            "O velho moinho da vila fica de pé.",
        ),
        (
            "<p><strong>Flour Mills (Water and Wind)</strong>Grind what the farms of the valley bring.</p>",
            "Flour Mills (Water and Wind)",
            "Grind what the farms of the valley bring.",
        ),
    ],
)
def test_a_glued_label_is_a_line_of_its_own(paragraph: str, label: str, sentence: str) -> None:
    assert lines_of(paragraph) == [label, sentence]


@pytest.mark.parametrize(
    ("paragraph", "text"),
    [
        ("<p><b>Update:</b>The mill of Elsterau is sold.</p>", "Update: The mill of Elsterau is sold."),
        (
            "<p><b>Der Streit.</b>Die Mühle ist verkauft worden.</p>",
            "Der Streit. Die Mühle ist verkauft worden.",
        ),
    ],
)
def test_only_the_space_is_missing_after_a_mark(paragraph: str, text: str) -> None:
    assert lines_of(paragraph) == [text]


@pytest.mark.parametrize(
    "text",
    [
        "<b>Mill</b>Works bought the old mill of Elsterau on Monday.",
        "<b>Mara Dahl</b> Director of the mill, said that it stays.",
        "<b>The mill</b> was built by two brothers in 1904.",
        "<strong>After</strong> the flood the mill was closed for a year.",
        "<strong>Das alte</strong> Haus am Bach steht seit 1904 leer.",
        "<b>Haben</b> Sie die alte Mühle am Bach gesehen?",
        "<strong>Ask in</strong> The Old Mill for a key to the tower.",
        "<time>9 December 2024</time> was the last day of the mill.",
        "<b>Chapter 11:</b> The mill is bankrupt, and its owner has left.",
        "In 1904 <b>the brothers</b> Anton and Karl built the mill.",
        "<span>Karl</span> Berg built the mill in the year 1904.",
        "<i>The Mill on the Floss</i> The Guardian called a masterpiece of its age.",
        "<b>Open</b> The mill, daily",
    ],
)
def test_other_text_stays_in_its_line(text: str) -> None:
    assert lines_of(f"<p>{text}</p>") == ["".join(html.fragment_fromstring(f"<p>{text}</p>").itertext())]


def test_several_labels_before_a_sentence_are_set_apart() -> None:
    glued = "<span>9 December 2024</span><span>By Mara Dahl</span><span>If the river is high, it runs.</span>"
    assert lines_of(f"<div>{glued}</div>") == [
        "9 December 2024",
        "By Mara Dahl",
        "If the river is high, it runs.",
    ]
