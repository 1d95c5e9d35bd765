"""The methods that `benchmarks.extraction` compares: a page in; text, step and error out.

A single reader gets the original page. The vote and the block model alone get what
`bot.extract` uses: the cleaned tree, no captions, and the clean-up by lines.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from msgspec.structs import replace

from bot.core.models import Page
from bot.extract import extract
from bot.extract.block_selection import (
    THRESHOLDS,
    BlockSelection,
    Evidence,
    collect_evidence,
    select_by_model,
    select_by_vote,
)
from bot.extract.blocks import split_blocks
from bot.extract.charset import decode_html
from bot.extract.cleanup import find_dropped_lines
from bot.extract.extractor import clean_tree
from bot.extract.html_tree import parse_html
from bot.extract.page_facts import collect_page_facts
from bot.extract.paragraphs import to_paragraphs
from bot.extract.readers import CleanPage, ReaderCache

ReadingMethod = Callable[[Page], tuple[str, str, str]]
_LIMITS = replace(THRESHOLDS, min_votes=3)


def single_reader(name: str) -> ReadingMethod:
    """A single reader, on the original page."""

    def read(page: Page) -> tuple[str, str, str]:
        root = parse_html(decode_html(page.content, page.content_type))
        if root is None:
            return "", "", "empty"
        reading = ReaderCache(CleanPage(page.url, root)).result_of(name)
        return reading.text, "", reading.error

    return read


def selection_steps(choose: Callable[[Evidence], BlockSelection | None]) -> ReadingMethod:
    """One step without the others; no choice gives an empty text."""

    def read(page: Page) -> tuple[str, str, str]:
        root = parse_html(decode_html(page.content, page.content_type))
        if root is None:
            return "", "", "empty"
        title = collect_page_facts(page, root).metadata.title
        clean_tree(root, page.url)
        blocks = split_blocks(root)
        choice = (
            choose(collect_evidence(blocks, ReaderCache(CleanPage(page.url, root)))) if len(blocks) else None
        )
        if choice is None:
            return "", "", ""
        lines = [one.text for one in to_paragraphs(blocks, np.flatnonzero(choice.selected).tolist())]
        out = find_dropped_lines(lines, title)
        return "\n".join(line for at, line in enumerate(lines) if at not in out), choice.step, ""

    return read


def vote(evidence: Evidence) -> BlockSelection:
    """The blocks that at least three of the five readers have."""
    return select_by_vote(evidence, _LIMITS)


def block_model(evidence: Evidence) -> BlockSelection | None:
    """The block model, however uncertain it is; no choice if it keeps fewer than 60 words."""
    return select_by_model(evidence, replace(_LIMITS, min_confidence=0.0))


def whole_extraction(page: Page) -> tuple[str, str, str]:
    told = extract(page, explain=True)
    return told.result.text, told.step or "refused early", ""
