"""Select the text of a live blog: its summary box and its newest entries."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from bot.core.models import ParagraphKind
from bot.extract.blocks import Blocks
from bot.extract.live_blogs import LiveBlog
from bot.extract.paragraphs import Paragraph
from bot.extract.summary_boxes import find_summary_box

_SUMMING_UP = frozenset({ParagraphKind.STANDFIRST, ParagraphKind.HEADING})


def with_live_entries(blocks: Blocks, chosen: Sequence[int], live_blog: LiveBlog) -> list[int]:
    """The selected blocks with those of the summary box and of the newest entries.

    The block model knows articles; an entry of a live blog looks to it like an entry of a list.
    """
    newest = frozenset(live_blog.newest)
    entries = (index for index, text in enumerate(blocks.texts) if text in newest)
    return sorted({*chosen, *find_summary_box(blocks), *entries})


def mark_live_entries(
    blocks: Blocks, paragraphs: Sequence[Paragraph], live_blog: LiveBlog
) -> list[Paragraph]:
    """The paragraphs; if there is a summary box, all others get a kind that is never picked."""
    box = {blocks.texts[index] for index in find_summary_box(blocks)[1:]}
    if not box:
        return list(paragraphs)
    return [
        replace(paragraph, kind=ParagraphKind.SUMMARY)
        if paragraph.text in box
        else paragraph
        if paragraph.kind in _SUMMING_UP and paragraph.text not in live_blog.newest
        else replace(paragraph, kind=ParagraphKind.LIVE_ENTRY)
        for paragraph in paragraphs
    ]
