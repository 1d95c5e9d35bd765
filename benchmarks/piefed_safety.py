"""Whole replies with hostile texts, as readers on PieFed see them with three ways to write their Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from unittest.mock import patch

from rich.table import Table

from bot.core.models import Dialect, Layout, Reply, Summary
from bot.render import ArticleInfo, render
from bot.render.markdown_escape import ESCAPERS, escape_lemmy, escape_piefed
from bot.render.sanitize import clean
from bot.rules import CommunityRules
from tests.render.piefed_reader import render_on_piefed
from tests.render.readers import without_smart_quotes

SOURCE_URL = "https://code.example/precis"
RULES = CommunityRules(source_line=True)
SUMMARY = Summary(("The board met.", "It is over."), 924, 218, "precis")
TAGS = {
    Layout.PARAGRAPHS: frozenset({"a", "hr", "strong"}),
    Layout.BULLETS: frozenset({"a", "hr", "strong", "ul", "li"}),
    Layout.COLLAPSED: frozenset({"a", "hr", "strong", "details", "summary", "div"}),
}


@dataclass(frozen=True, slots=True)
class ReplyParts:
    """The places of a reply where text of strangers is shown, and its layout."""

    layout: Layout
    sentence: str = "Nobody was hurt."
    title: str = "Harbour"
    footer_line: str = "Ask the moderators."


def reply_parts(texts: tuple[str, ...]) -> Iterator[ReplyParts]:
    """Each text as a sentence, as a title and as the line of a community, in each layout."""
    for text, layout in product((text for text in texts if clean(text)), Layout):
        yield ReplyParts(layout, sentence=text)
        yield ReplyParts(layout, title=text)
        yield ReplyParts(layout, footer_line=text)


def shown(parts: ReplyParts) -> tuple[bool, bool]:
    """Whether a reader sees exactly the texts, and whether anything is formatted that should not be."""
    rules = RULES.model_copy(update={"layout": parts.layout, "footer_line": parts.footer_line})
    summary = Summary((SUMMARY.sentences[0], parts.sentence, SUMMARY.sentences[1]), 924, 218, "precis")
    about = ArticleInfo(parts.title, "courier.example")
    reply = render(summary, rules, Dialect.PIEFED, SOURCE_URL, "en", about)
    assert isinstance(reply, Reply), reply
    page = render_on_piefed(reply.markdown)
    lines = [without_smart_quotes(line) for line in page.text.split("\n") if line]
    return lines == list(_expected(parts)), page.tags != TAGS[parts.layout]


def _expected(parts: ReplyParts) -> Iterator[str]:
    if parts.layout is Layout.COLLAPSED:
        yield "Summary"
    source_line = f"From courier.example: {clean(parts.title)}"
    texts = [SUMMARY.sentences[0], clean(parts.sentence), SUMMARY.sentences[1], source_line]
    footer = (
        "The original article contains 924 words, the summary contains 218 words. Saved 76%. "
        "I'm a bot and I'm open source!"
    )
    for text in (*texts, footer, clean(parts.footer_line)):
        yield without_smart_quotes(text)


def reply_rows(table: Table, texts: tuple[str, ...]) -> None:
    """The rows about whole replies: with our escapes, with Lemmy's, and with the text as it is."""
    tried = tuple(reply_parts(texts))
    results = [_count(tried, escape) for escape in (escape_piefed, _as_it_is, escape_lemmy)]
    percent = [f"{exact} ({100 * exact / len(tried):.1f} %)" for exact, _ in results]
    formatted = [str(number) for _, number in results]
    for what, (ours, raw, lemmy) in (("exactly the text", percent), ("with formatting", formatted)):
        others = f"as it is {raw}, Lemmy's escapes {lemmy}"
        table.add_row(f"replies on piefed: {what}", str(len(tried)), ours, others)
    table.add_section()


def _as_it_is(text: str) -> str:
    return text


def _count(tried: tuple[ReplyParts, ...], escape: Callable[[str], str]) -> tuple[int, int]:
    """How many replies show exactly the text, and how many have formatting that should not be there."""
    with patch.dict(ESCAPERS, {Dialect.PIEFED: escape}):
        results = [shown(parts) for parts in tried]
    return sum(exact for exact, _ in results), sum(formatted for _, formatted in results)
