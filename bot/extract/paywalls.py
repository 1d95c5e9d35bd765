"""Recognise an article whose rest is withheld: behind a paywall, a registration or a login.

A wall shows some of the text, often hundreds of words, then a box in place of the rest. The box counts if it
follows the text. The same words in the header of a page, or in a sentence of an article, do not count.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.core.models import ParagraphKind
from bot.extract.blocks import Blocks
from bot.extract.paragraphs import Paragraph
from bot.extract.pattern_sets import PatternSet
from bot.extract.phrases import phrases
from bot.extract.word_count import count_words

_FEW_WORDS = 200
_MAX_BOX_WORDS = 45
_BOX_BLOCKS = 8
"""A box begins within this many blocks after the end of the text."""
_LAST_PARAGRAPHS = 3
_MIN_BROKEN_WORDS = 10
_ELLIPSIS_END = re.compile(r"(?:\.\.\.|…|\[…\]|\(…\)|\[\.{3}\]|\(\.{3}\)|……)[\"'”’»)]?$")
_MESSAGE_START = r"(?:^|[.!?…。！？:]\s{0,3})[^\w]{0,4}"
_OPEN_END = re.compile(r"[\w,;–—-]$")


def wall_sign(
    cut_short: bool, blocks: Blocks, selected: Sequence[int], paragraphs: Sequence[Paragraph]
) -> str | None:
    """What shows that the selected text is only the start of the article; None if nothing does.

    `cut_short` is what the page declares; `selected` are the indices of the blocks of the text.
    """
    words = sum(paragraph.word_count for paragraph in paragraphs)
    if words < _FEW_WORDS and cut_short:
        return "declared as cut short"
    box = _box(blocks, selected, _messages(words))
    if box:
        return box
    if not paragraphs or not breaks_off(paragraphs[-1]):
        return None
    if cut_short:
        return "declared as cut short, and breaks off"
    box = _box(blocks, selected, phrases("wall"))
    return box or ("breaks off" if _ELLIPSIS_END.search(paragraphs[-1].text) else None)


def breaks_off(last: Paragraph) -> bool:
    """Whether a paragraph ends in an ellipsis or in the middle of a sentence."""
    if last.kind not in (ParagraphKind.PARAGRAPH, ParagraphKind.QUOTE):
        return False
    text = last.text.rstrip()
    return count_words(text) >= _MIN_BROKEN_WORDS and bool(
        _ELLIPSIS_END.search(text) or _OPEN_END.search(text)
    )


def compile_messages() -> None:
    """Compile the messages of long texts."""
    _messages(_FEW_WORDS).compile()


def _messages(words: int) -> PatternSet:
    """In a long text, the messages at the start of a sentence; in one with few words, anywhere."""
    return phrases("wall") if words < _FEW_WORDS else phrases("wall", "message", after=_MESSAGE_START)


def _box(blocks: Blocks, selected: Sequence[int], messages: PatternSet) -> str | None:
    """The block with one of the messages in the last paragraphs or behind them; None if there is none."""
    if not len(selected):
        near: Sequence[int] = range(len(blocks))
    else:
        near = [*selected[-_LAST_PARAGRAPHS:], *range(selected[-1] + 1, selected[-1] + 1 + _BOX_BLOCKS)]
    boxes = [
        blocks.texts[index]
        for index in near
        if index < len(blocks) and blocks.word_count(index) <= _MAX_BOX_WORDS
    ]
    possible = messages.narrowed("\n".join(boxes))
    return next((text[:80] for text in boxes if possible.matches(text)), None)
