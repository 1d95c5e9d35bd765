"""Read a plain text file: paragraphs by blank lines or by indentation, with their lines joined."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from statistics import median

from bot.core.models import ParagraphKind
from bot.core.skip_reasons import SkipReason
from bot.extract.documents.code_files import code_sign
from bot.extract.documents.document_text import DocumentText, TextParagraph
from bot.extract.documents.file_lines import BULLET, date_in, header_length, lines_of, read_fields
from bot.extract.documents.line_joining import join_lines, words_inside
from bot.extract.documents.refusal import RefusedDocumentError

_START = re.compile(r"\s*\*{3}\s*start (?:of|:)?\b.*|\s*-{3,}\s*begin(?:ning)? of\b.*", re.IGNORECASE)
_END = re.compile(
    r"\s*\*{3}\s*end (?:of|:)?\b.*|\s*end of (?:the |this )?project gutenberg\b.*|\s*-{3,}\s*end of\b.*",
    re.IGNORECASE,
)
_MARK_ZONE = 0.4
"""The marks of the start and the end of the text are in the first or last part of a file of this share."""
_RULE = re.compile(r"\s*([=\-*_~#.+])(?:\s*\1){3,}\s*")
_PAGE_FOOT = re.compile(r".*\[Page \d+\]\s*|\s*-?\s*\d{1,4}\s*-?\s*")
_CELLS = re.compile(r"\S\s{3,}\S.*\S\s{3,}\S|\|.*\|")
_CODE_INDENT = 4
_LONG_LINE = 200
"""Blocks of such lines have one paragraph in each line."""
_MANY_LINES = 25
_MIN_INDENT = 2
_MAX_HEADING_WORDS = 14
_MAX_TITLE_BLOCKS = 3
_SENTENCE_END = re.compile(r"[.!?:;…。！？,][\"'”’»)\]]*$")
_PREFIX_OF_QUOTE = re.compile(r"\s*>+\s?")


def read_plain_text(content: bytes, content_type: str) -> DocumentText:
    """The text of a plain text file. Raises `RefusedDocumentError` for code, data and logs."""
    lines = lines_of(content, content_type)
    start, end = _text_range(lines)
    fields = read_fields(lines[:start])
    body = lines[start:end]
    length = header_length(body)
    if length:
        fields |= read_fields(body[:length])
        body = body[length:]
    sign = code_sign(body)
    if sign:
        raise RefusedDocumentError(SkipReason.CODE, sign)
    known_words = words_inside(body)
    paragraphs = tuple(
        TextParagraph(text, kind)
        for block in _blocks(body)
        for lines_of_item, kind in _parts(block)
        if (text := join_lines(lines_of_item, known_words))
    )
    title = fields.get("title") or fields.get("subject") or _first_heading(paragraphs)
    author = fields.get("author")
    return DocumentText(paragraphs, title, author, date_in(fields), _notes(start, len(lines) - end))


def _text_range(lines: Sequence[str]) -> tuple[int, int]:
    """The first line of the text and the line after the last, between marks such as "*** START OF … ***"."""
    size = len(lines)
    starts = [at for at in range(int(_MARK_ZONE * size)) if _START.fullmatch(lines[at])]
    first = starts[0] + 1 if starts else 0
    ends = [at for at in range(max(first, int((1 - _MARK_ZONE) * size)), size) if _END.fullmatch(lines[at])]
    return first, ends[0] if ends else size


def _blocks(lines: Sequence[str]) -> Iterator[list[str]]:
    """The lines between blank lines, or between indented lines if there are hardly any blank ones."""
    block: list[str] = []
    for number, line in enumerate(lines):
        is_foot = "\f" in line or (_PAGE_FOOT.fullmatch(line) and _is_alone(lines, number))
        if line.strip() and not is_foot:
            block.append(line)
        elif block and line.strip() == "" and not is_foot:
            yield from _by_indentation(block)
            block = []
    yield from _by_indentation(block)


def _is_alone(lines: Sequence[str], number: int) -> bool:
    around = (lines[number - 1] if number else "", lines[number + 1] if number + 1 < len(lines) else "")
    return not any(line.strip() for line in around)


def _by_indentation(block: list[str]) -> Iterator[list[str]]:
    if not block:
        return
    if median(map(len, block)) > _LONG_LINE:
        yield from ([line] for line in block)
        return
    if any(map(BULLET.match, block)):  # the lines of an item are indented too
        yield block
        return
    indents = [len(line) - len(line.lstrip()) for line in block]
    usual = median(indents)
    starts = [
        at for at, indent in enumerate(indents) if at and _MIN_INDENT <= indent - usual < 3 * _CODE_INDENT
    ]
    if not starts or (len(block) < _MANY_LINES and len(starts) > len(block) / 2):
        yield block
        return
    for start, end in zip([0, *starts], [*starts, len(block)], strict=True):
        yield block[start:end]


def _parts(block: list[str]) -> Iterator[tuple[list[str], ParagraphKind]]:
    """The paragraphs of a block with their kinds: list items are paragraphs of their own."""
    lines = [line for line in block if not _RULE.fullmatch(line)]
    if not lines:
        return
    if len(lines) < len(block) and len(lines) == 1:
        yield lines, ParagraphKind.HEADING
    elif all(_CELLS.search(line[:_LONG_LINE]) for line in lines) and len(lines) > 1:
        yield lines, ParagraphKind.TABLE
    elif len(lines) > 1 and code_sign(lines):
        yield lines, ParagraphKind.CODE
    elif all(_PREFIX_OF_QUOTE.match(line) for line in lines):
        yield [_PREFIX_OF_QUOTE.sub("", line) for line in lines], ParagraphKind.QUOTE
    elif any(map(BULLET.match, lines)):
        yield from _items(lines)
    elif _is_heading(lines):
        yield lines, ParagraphKind.HEADING
    else:
        yield lines, ParagraphKind.PARAGRAPH


def _items(lines: Sequence[str]) -> Iterator[tuple[list[str], ParagraphKind]]:
    item: list[str] = []
    kind = ParagraphKind.PARAGRAPH
    for line in lines:
        if found := BULLET.match(line):
            if item:
                yield item, kind
            item, kind = [line[found.end() :]], ParagraphKind.LIST_ITEM
        else:
            item.append(line)
    yield item, kind


def _is_heading(lines: Sequence[str]) -> bool:
    text = " ".join(line.strip() for line in lines)
    return len(lines) <= 2 and len(text.split()) <= _MAX_HEADING_WORDS and not _SENTENCE_END.search(text)


def _first_heading(paragraphs: Sequence[TextParagraph]) -> str:
    first = (one.text for one in paragraphs[:_MAX_TITLE_BLOCKS] if one.kind is ParagraphKind.HEADING)
    return next(first, "")


def _notes(before: int, after: int) -> tuple[str, ...]:
    if not before and not after:
        return ("plain text",)
    return (f"plain text: {before} lines before and {after} after the text are left out",)
