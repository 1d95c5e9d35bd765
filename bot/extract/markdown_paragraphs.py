"""Markdown as paragraphs of plain text with their kinds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from msgspec import Struct

from bot.core.models import MISSING_PART, ParagraphKind

_FOOTNOTE = re.compile(r"\[\^[^\]\s]{1,30}\]:?")
_KIND_OF_BLOCK = {
    "heading_open": ParagraphKind.HEADING,
    "blockquote_open": ParagraphKind.QUOTE,
    "list_item_open": ParagraphKind.LIST_ITEM,
    "table_open": ParagraphKind.TABLE,
}
_ORDER = (ParagraphKind.QUOTE, ParagraphKind.HEADING, ParagraphKind.LIST_ITEM)
"""The kind of a paragraph in several blocks is the first of theirs: what is in a quotation is quoted."""
_SENTENCE_END = re.compile(r"[.!?…。！？:;,]\W*$")


class MarkdownParagraph(Struct, frozen=True):
    text: str
    kind: ParagraphKind


def markdown_paragraphs(markdown: str) -> Iterator[MarkdownParagraph]:
    """The paragraphs of a text in order, without markup. A row of a table is one paragraph."""
    around: list[ParagraphKind | None] = []
    row: list[str] = []
    for token in _parser().parse(markdown):
        if token.nesting == 1:
            around.append(_KIND_OF_BLOCK.get(token.type))
        elif token.nesting == -1:
            around.pop()
            if token.type == "tr_close":
                yield from _paragraph(" | ".join(filter(None, row)), ParagraphKind.TABLE)
                row = []
        elif token.type in ("fence", "code_block"):
            lines = (line for line in token.content.split("\n") if line.strip())
            yield from _paragraph("\n".join(lines), ParagraphKind.CODE)
        elif token.type == "inline" and ParagraphKind.TABLE in around:
            row.append(_text_of(token.children or []))
        elif token.type == "inline":
            kind = next((kind for kind in _ORDER if kind in around), ParagraphKind.PARAGRAPH)
            yield from _inline_paragraph(token.children or [], kind)


def _inline_paragraph(tokens: list[Token], kind: ParagraphKind) -> Iterator[MarkdownParagraph]:
    text = _text_of(tokens)
    is_title = kind is ParagraphKind.PARAGRAPH and _is_bold_line(tokens, text)
    return _paragraph(text, ParagraphKind.HEADING if is_title else kind)


def _paragraph(text: str, kind: ParagraphKind) -> Iterator[MarkdownParagraph]:
    if text:
        yield MarkdownParagraph(text, kind)


@cache
def _parser() -> MarkdownIt:
    """CommonMark as the platforms extend it. HTML is parsed, so that it can be left out."""
    return MarkdownIt("commonmark", {"html": True}).enable(["strikethrough", "table"])


def _text_of(tokens: list[Token]) -> str:
    """The text of inline tokens, without what is struck out, HTML, pictures and marks of footnotes."""
    text: list[str] = []
    struck = 0
    for token in tokens:
        struck += token.nesting if token.type in ("s_open", "s_close") else 0
        if struck:
            continue
        match token.type:
            case "text" | "code_inline" | "text_special":
                text.append(token.content)
            case "softbreak" | "hardbreak":
                text.append(" ")
            case "html_inline" if token.content.lower().startswith("<br"):
                text.append(" ")
            case "image":
                text.append(MISSING_PART if _is_in_sentence(text) else "")
    return " ".join(_FOOTNOTE.sub("", "".join(text)).split())


def _is_in_sentence(text: list[str]) -> bool:
    """Whether a picture may stand for a word: a sentence was begun before it."""
    before = "".join(text).strip()
    return bool(before) and not _SENTENCE_END.search(before)


def _is_bold_line(tokens: list[Token], text: str) -> bool:
    """Whether a paragraph is one line in bold that is not a sentence, as many write instead of a heading."""
    marks = [token for token in tokens if token.type != "text" or token.content.strip()]
    is_bold = len(marks) > 2 and marks[0].type == "strong_open" and marks[-1].type == "strong_close"
    is_one = sum(token.type == "strong_open" for token in marks) == 1
    return is_bold and is_one and not re.search(r"[.!?…。！？]\W*$", text)
