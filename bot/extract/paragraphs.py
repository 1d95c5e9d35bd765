"""Turn the selected blocks into the paragraphs of an article, each with its kind."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from msgspec import Struct

from bot.core.models import ParagraphKind
from bot.extract.blocks import IN_CODE, IN_HEADING, IN_ITEM, IN_QUOTE, IN_TABLE, Blocks
from bot.extract.standfirsts import Headline, find_standfirst
from bot.extract.summary_boxes import summary_sentences
from bot.extract.word_count import count_words, is_unspaced

_ENDS = (".", "!", "?", "。", "！", "？", "।", "؟", "…", ":", '"', "”", "»", "“", "’", "」", ")")
_SENTENCE_ENDS = (".", "!", "?", "。", "！", "？", "।", "؟")
_MIN_LINK_SHARE = 0.9
_SHORT_LINE = 5
_MIN_PROSE_WORDS = 30
"""A table cell with at least this many words that ends like a sentence is prose in a layout table."""


class Paragraph(Struct, frozen=True, dict=True):
    text: str
    kind: ParagraphKind

    @classmethod
    def of_words(cls, text: str, kind: ParagraphKind, word_count: int) -> Paragraph:
        """A paragraph whose `word_count` is known."""
        paragraph = cls(text, kind)
        vars(paragraph)["word_count"] = word_count
        return paragraph

    @cached_property
    def word_count(self) -> int:
        """`count_words` of the text."""
        return count_words(self.text)


def word_count_of(paragraphs: Sequence[Paragraph]) -> int:
    """`count_words` of the paragraphs joined by line breaks."""
    if any(is_unspaced(paragraph.text) for paragraph in paragraphs):
        return count_words("\n".join(paragraph.text for paragraph in paragraphs))  # the sum is rounded once
    return sum(paragraph.word_count for paragraph in paragraphs)


def to_paragraphs(blocks: Blocks, selected: list[int], headline: Headline | None = None) -> list[Paragraph]:
    """One paragraph for each block; blocks of a sentence that a line break splits are joined.

    With the headline, the standfirst is added if it is not selected.
    """
    found: list[Paragraph] = []
    last = -2
    chosen = without_link_lines(blocks, selected)
    standfirst = find_standfirst(blocks, chosen, headline) if headline else None
    summary = summary_sentences(blocks, chosen)
    for index in chosen if standfirst is None else sorted({*chosen, standfirst}):
        kind, text = kind_of(blocks, index), blocks.texts[index]
        if index == standfirst:
            kind = ParagraphKind.STANDFIRST
        elif index in summary:
            kind = ParagraphKind.SUMMARY
        if found and index == last + 1 and _continues(blocks, last, index, kind is ParagraphKind.CODE):
            found[-1] = Paragraph(f"{found[-1].text} {text}", found[-1].kind)
        else:
            found.append(Paragraph.of_words(text, kind, blocks.word_count(index)))
        last = index
    return found


def without_link_lines(blocks: Blocks, selected: list[int]) -> list[int]:
    """The selected blocks without lines that consist of a link and are not part of the text.

    These are short link lines before the text starts and after it ends, and link lines anywhere in it
    that are in capitals ("TEN THINGS ABOUT HARBOURS") or are a sentence of a few words ("See our rating.").
    """
    first, last = 0, len(selected)
    while first < last and _is_short_link(blocks, selected[first]):
        first += 1
    while last > first and _is_short_link(blocks, selected[last - 1]):
        last -= 1
    return [index for index in selected[first:last] if not _is_call_to_action(blocks, index)]


def _is_link(blocks: Blocks, index: int) -> bool:
    return blocks.link_share[index] > _MIN_LINK_SHARE


def _is_short_link(blocks: Blocks, index: int) -> bool:
    return _is_link(blocks, index) and len(blocks.words[index]) <= _SHORT_LINE


def _is_call_to_action(blocks: Blocks, index: int) -> bool:
    if not _is_link(blocks, index) or kind_of(blocks, index) is not ParagraphKind.PARAGRAPH:
        return False
    text = blocks.texts[index]
    return text.isupper() or (len(blocks.words[index]) <= _SHORT_LINE and text.endswith(_SENTENCE_ENDS))


def kind_of(blocks: Blocks, index: int) -> ParagraphKind:
    inside = blocks.context(index)
    if inside & IN_CODE:
        return ParagraphKind.CODE
    if inside & IN_TABLE and not (
        len(blocks.words[index]) >= _MIN_PROSE_WORDS and blocks.texts[index].endswith(_ENDS)
    ):
        return ParagraphKind.TABLE
    for bit, kind in (
        (IN_HEADING, ParagraphKind.HEADING),
        (IN_QUOTE, ParagraphKind.QUOTE),
        (IN_ITEM, ParagraphKind.LIST_ITEM),
    ):
        if inside & bit:
            return kind
    return ParagraphKind.PARAGRAPH


def _continues(blocks: Blocks, last: int, index: int, code: bool) -> bool:
    if blocks.element[last] != blocks.element[index] or code:
        return False
    return blocks.texts[index][:1].islower() and not blocks.texts[last].endswith(_ENDS)
