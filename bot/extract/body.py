"""Chosen blocks into the paragraphs of an article, each with its kind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.extract.blocks import IN_CODE, IN_HEADING, IN_ITEM, IN_QUOTE, IN_TABLE, Blocks
from bot.models import Kind

_ENDS = (".", "!", "?", "。", "！", "？", "।", "؟", "…", ":", '"', "”", "»", "“", "’", "」", ")")
_PROSE = 30
"""A table cell of so many words that ends like a sentence holds prose: the table is a layout."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str
    kind: Kind


def paragraphs(blocks: Blocks, keep: Iterable[int]) -> list[Paragraph]:
    """One paragraph for each block; a sentence that a line break cuts is put together again."""
    found: list[Paragraph] = []
    last = -2
    for index in keep:
        kind, text = kind_of(blocks, index), blocks.texts[index]
        if found and index == last + 1 and _goes_on(blocks, last, index, kind is Kind.CODE):
            found[-1] = Paragraph(f"{found[-1].text} {text}", found[-1].kind)
        else:
            found.append(Paragraph(text, kind))
        last = index
    return found


def kind_of(blocks: Blocks, index: int) -> Kind:
    inside = blocks.inside(index)
    if inside & IN_CODE:
        return Kind.CODE
    if inside & IN_TABLE and not (len(blocks.words[index]) >= _PROSE and blocks.texts[index].endswith(_ENDS)):
        return Kind.TABLE
    for bit, kind in ((IN_HEADING, Kind.HEADING), (IN_QUOTE, Kind.QUOTE), (IN_ITEM, Kind.ITEM)):
        if inside & bit:
            return kind
    return Kind.PARAGRAPH


def _goes_on(blocks: Blocks, last: int, index: int, code: bool) -> bool:
    if blocks.element[last] != blocks.element[index] or code:
        return False
    return blocks.texts[index][:1].islower() and not blocks.texts[last].endswith(_ENDS)
