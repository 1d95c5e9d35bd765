"""Read a Markdown file as text: headings, lists, quotations and code are kinds of paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.core.models import ParagraphKind
from bot.extract.documents.document_text import DocumentText, TextParagraph
from bot.extract.documents.file_lines import BULLET, date_in, lines_of, read_fields
from bot.extract.documents.line_joining import join_lines

_FENCE = re.compile(r"\s{0,3}(?:`{3,}|~{3,})")
_HEADING = re.compile(r"\s{0,3}#{1,6}\s+(.*?)\s*#*\s*")
_UNDERLINE = re.compile(r"\s{0,3}(?:=+|-+)\s*")
_QUOTE = re.compile(r"\s{0,3}>\s?")
_TABLE = re.compile(r"\s*\|.*|.*\|\s*-{3,}.*|\s*:?-{3,}:?\s*\|.*")
_DEFINITION = re.compile(r"\s{0,3}\[[^\]]{1,200}\]:\s*\S")
_PICTURE = re.compile(r"!\[[^\]]{0,200}\](?:\([^)]{0,2000}\)|\[[^\]]{0,200}\])")
_LINK = re.compile(r"\[([^\[\]]{1,1000})\](?:\([^)]{0,2000}\)|\[[^\]]{0,200}\])")
_NOTE_MARK = re.compile(r"\[\^[^\]]{1,50}\]")
_AUTOLINK = re.compile(r"<https?://[^>\s]{1,2000}>")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,500}>|<!--.{0,1000}?-->", re.DOTALL)
_EMPHASIS = re.compile(r"(?<![\w*_])(\*{1,3}|_{1,3})(?=\S)(.{1,300}?)(?<=\S)\1(?![\w*_])")
_CODE = re.compile(r"(`+)\s?(.{1,500}?)\s?\1")
_STRUCK = re.compile(r"~~.{1,500}?~~")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!<>~|])")
_MAX_FRONT_MATTER = 60


def read_markdown(content: bytes, content_type: str) -> DocumentText:
    """The text of a Markdown file; the rules of CommonMark for blocks, without nesting."""
    lines = lines_of(content, content_type)
    fields, body = _front_matter(lines)
    paragraphs = tuple(
        TextParagraph(text, kind) for block, kind in _blocks(body) if (text := plain(join_lines(block)))
    )
    headings = (one.text for one in paragraphs[:3] if one.kind is ParagraphKind.HEADING)
    title = fields.get("title") or next(headings, "")
    return DocumentText(paragraphs, title, fields.get("author"), date_in(fields), ("Markdown",))


def plain(text: str) -> str:
    """The text of one block without its marks."""
    for pattern, replacement in (
        (_TAG, " "),
        (_PICTURE, ""),
        (_AUTOLINK, ""),
        (_LINK, r"\1"),
        (_NOTE_MARK, ""),
        (_CODE, r"\2"),
        (_STRUCK, ""),
        (_EMPHASIS, r"\2"),
        (_EMPHASIS, r"\2"),
        (_ESCAPED, r"\1"),
    ):
        text = pattern.sub(replacement, text)
    return " ".join(text.split())


def _front_matter(lines: Sequence[str]) -> tuple[dict[str, str], Sequence[str]]:
    """The fields between two lines of dashes at the start of a file, and the lines after them."""
    if lines and lines[0] == "---":
        for at, line in enumerate(lines[1:_MAX_FRONT_MATTER], 1):
            if line == "---":
                return read_fields(lines[1:at]), lines[at + 1 :]
    return {}, lines


def _blocks(lines: Sequence[str]) -> Iterator[tuple[list[str], ParagraphKind]]:
    block: list[str] = []
    kind = ParagraphKind.PARAGRAPH
    fenced = False
    for line in lines:
        if _FENCE.match(line):
            yield block, kind
            fenced = not fenced
            block, kind = [], ParagraphKind.CODE if fenced else ParagraphKind.PARAGRAPH
        elif fenced:
            block.append(line)
        elif not line.strip() or _DEFINITION.match(line):
            yield block, kind
            block, kind = [], ParagraphKind.PARAGRAPH
        elif block and kind is ParagraphKind.PARAGRAPH and _UNDERLINE.fullmatch(line):
            yield block, ParagraphKind.HEADING
            block = []
        else:
            begun, text = _kind_of(line)
            if begun is not None and (begun is not kind or begun is not ParagraphKind.QUOTE):
                yield block, kind
                block, kind = [], begun
            block.append(text)
            if kind is ParagraphKind.HEADING:
                yield block, kind
                block, kind = [], ParagraphKind.PARAGRAPH
    yield block, kind


def _kind_of(line: str) -> tuple[ParagraphKind | None, str]:
    """The kind of the block that a line begins, and its text; None for a line that continues a paragraph."""
    if found := _HEADING.fullmatch(line):
        return ParagraphKind.HEADING, found[1]
    if found := _QUOTE.match(line):
        return ParagraphKind.QUOTE, line[found.end() :]
    if _TABLE.fullmatch(line):
        return ParagraphKind.TABLE, line
    if found := BULLET.match(line):
        return ParagraphKind.LIST_ITEM, line[found.end() :]
    return None, line
