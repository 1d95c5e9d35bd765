"""The sentences between the headline and the text are part of the article."""

from __future__ import annotations

import pytest

from bot.core.models import Article, Page, ParagraphKind
from bot.extract import extract
from bot.extract.blocks import split_blocks
from bot.extract.html_tree import parse_html
from bot.extract.paragraphs import to_paragraphs
from bot.extract.standfirsts import Headline

BODY = [
    "<p>The council of Brackwater decided on Tuesday to keep the lighthouse that it wanted to sell.</p>",
    "<p>The vote was close, and nobody in the hall went home before midnight on that evening.</p>",
]
TITLE = "Brackwater keeps its old lighthouse"

SENTENCES = [
    ("Brackwater keeps its old lighthouse", "After a long night the council found money for the lighthouse."),
    (
        "Elsterau behält die alte Mühle",
        "Der Stadtrat hat nach langem Streit Geld für die alte Mühle gefunden.",
    ),
    (
        "Valmont garde son vieux moulin",
        "Après une longue nuit, la mairie a trouvé l’argent pour le vieux moulin.",
    ),
    (
        "Villaseca conserva su viejo molino",
        "El pleno ha encontrado por fin el dinero para arreglar el viejo molino.",
    ),
    (
        "Valdoro salva il vecchio mulino",
        "Il consiglio ha trovato dopo mesi i soldi per riparare il vecchio mulino.",
    ),
    (
        "Oosterdam houdt de oude molen",
        "De gemeente heeft na een lange avond geld gevonden voor de oude molen.",
    ),
    ("Vila Seca mantém o velho moinho", "A câmara encontrou o dinheiro para reparar o velho moinho da vila."),
    ("古い灯台が残ることに", "町議会は長い議論の末に、古い灯台を修理するための予算を見つけた。"),
]


def paragraphs_of(
    head: str, title: str = TITLE, description: str = "", author: str = ""
) -> list[tuple[str, str]]:
    """The paragraphs of a page of which the readers found the text and the headings, and nothing else."""
    root = parse_html(f"<html><body><header>{head}</header><div>{''.join(BODY)}</div></body></html>")
    assert root is not None
    blocks = split_blocks(root)
    found = [
        index
        for index in range(len(blocks))
        if blocks.texts[index] in "".join(BODY) or blocks.tag(index) in ("h2", "h3")
    ]
    headline = Headline(title, description, author)
    return [(one.kind.value, one.text) for one in to_paragraphs(blocks, found, headline)]


@pytest.mark.parametrize(("title", "text"), SENTENCES)
def test_a_sentence_that_is_marked_as_a_heading_is_the_standfirst(title: str, text: str) -> None:
    assert paragraphs_of(f"<h1>{title}</h1><h2>{text}</h2>", title)[0] == ("standfirst", text)


@pytest.mark.parametrize(("title", "text"), SENTENCES)
@pytest.mark.parametrize("mark", ["<p>{}</p>", '<div class="dek">{}</div>', "<div><div>{}</div></div>"])
def test_a_sentence_that_no_reader_found_is_the_standfirst(title: str, text: str, mark: str) -> None:
    head = f"<h1>{title}</h1>{mark.format(text)}<div>14 March</div>"
    found = paragraphs_of(head, title)
    assert found[0] == ("standfirst", text)
    assert [kind for kind, _ in found[1:]] == ["paragraph", "paragraph"]


def test_the_description_of_the_page_is_the_standfirst_without_a_full_stop() -> None:
    text = "How a small town on the coast found the money at last"
    head = f"<h1>{TITLE}</h1><div>News</div><div>14 March</div><div>5 minutes</div><div>{text}</div>"
    assert paragraphs_of(head, description=f"{text}, and what comes next")[0] == ("standfirst", text)
    assert [kind for kind, _ in paragraphs_of(head)] == ["paragraph", "paragraph"]


@pytest.mark.parametrize(
    "head",
    [
        "<h1>{}</h1><h2>What the council of the town decided on Tuesday</h2>",
        "<h1>{}</h1><h2>Why did the council of Brackwater keep the old lighthouse?</h2>",
        "<h1>{}</h1><h3>1. The council kept its lighthouse</h3>",
    ],
)
def test_other_headings_stay_headings(head: str) -> None:
    assert paragraphs_of(head.format(TITLE))[0][0] == "heading"


@pytest.mark.parametrize(
    "head",
    [
        "<h1>{}</h1><p>14 March 2025, 12:40, from our office in Brackwater by the sea</p>",
        "<h1>{}</h1><nav><p>Read what else the lighthouse of Brackwater has seen.</p></nav>",
        '<h1>{}</h1><div class="newsletter"><p>Every Friday we write to you about Brackwater.</p></div>',
        '<h1>{}</h1><div class="author-bio"><p>She has written of Brackwater since the year 1998.</p></div>',
        "<h1>{}</h1><p>Mara Dahl has written about Brackwater and its harbour since 1998.</p>",
        "<h1>{}</h1><figure><figcaption>The lighthouse of Brackwater in the evening.</figcaption></figure>",
        "<h1>{}</h1><p><a href=/x>The harbour of Brackwater gets a new bridge for its ferry.</a></p>",
        "<h1>{}</h1><p>We sell boats and engines at prices that nobody else can offer.</p>",
        "<p>The lighthouse of Brackwater was in the news in the week before too.</p><h1>{}</h1>",
        "<h1>{}</h1>" + "<div>Share</div>" * 5 + "<p>Nobody had thought that the lighthouse would stay.</p>",
    ],
)
def test_what_else_is_between_headline_and_text_is_not_the_standfirst(head: str) -> None:
    found = paragraphs_of(head.format(TITLE), author="Mara Dahl")
    assert [kind for kind, _ in found] == ["paragraph", "paragraph"]


def test_a_sentence_that_the_text_repeats_is_not_added() -> None:
    repeated = BODY[0].removeprefix("<p>").removesuffix("</p>")
    found = paragraphs_of(f"<h1>{TITLE}</h1><div>{repeated}</div>", description=repeated)
    assert [kind for kind, _ in found].count("standfirst") == 0


def test_a_page_is_read_with_its_standfirst() -> None:
    story = "".join(
        f"<p>In year {year} the lamp of the lighthouse was lit by {year % 7 + 2} keepers, who lived in the "
        f"small house beside it and rowed to the town of Brackwater once in a week to buy bread.</p>"
        for year in range(1903, 1915)
    )
    text = "After a long night the council has found the money for the lighthouse."
    page = (
        f"<html lang=en><head><title>{TITLE}</title><meta property=og:type content=article></head><body>"
        f"<article><header><h1>{TITLE}</h1><h2 class=sub>{text}</h2></header><div>{BODY[0]}{story}</div>"
        "</article></body></html>"
    )
    article = extract(Page("https://courier.example/2025/lighthouse-stays", page.encode()))
    assert isinstance(article, Article)
    first = next(zip(article.paragraph_kinds, article.text.split("\n\n"), strict=True))
    assert first == (ParagraphKind.STANDFIRST, text)
