"""From a page that may be an article to the article: readers, block model, clean-up, gate.

`bot.extract.extractor` loads this module with the first page that comes so far, for it brings numpy,
trafilatura and the language model along: three quarters of what there is to load.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from lxml.html import HtmlElement

from bot.core.models import Article
from bot.extract.article_gate import Strictness, judge
from bot.extract.block_selection import (
    BlockSelection,
    Evidence,
    ExtractionMode,
    collect_evidence,
    select_blocks,
)
from bot.extract.blocks import Blocks
from bot.extract.cleanup import find_dropped_lines
from bot.extract.explanation import DroppedLine, Explanation
from bot.extract.language_detection import language_of
from bot.extract.page_facts import PageFacts
from bot.extract.paragraphs import Paragraph, to_paragraphs, trimmed
from bot.extract.readers import CleanPage, ReaderCache


def read_article(
    seen: PageFacts, root: HtmlElement, blocks: Blocks, setting: ExtractionMode, strictness: Strictness
) -> Explanation:
    """`root` is the clean tree that `blocks` were split from."""
    desk = ReaderCache(CleanPage(seen.page.url, root))
    evidence = collect_evidence(blocks, desk)
    return _answer(seen, desk, evidence, select_blocks(evidence, setting), strictness)


def _answer(
    seen: PageFacts, desk: ReaderCache, evidence: Evidence, choice: BlockSelection, strictness: Strictness
) -> Explanation:
    chosen = np.flatnonzero(choice.selected).tolist()
    found = to_paragraphs(evidence.blocks, chosen)
    out = find_dropped_lines([paragraph.text for paragraph in found], seen.metadata.title)
    kept = [paragraph for index, paragraph in enumerate(found) if index not in out]
    verdict = judge(seen.sight, seen.signals, evidence, choice, kept, strictness)
    return Explanation(
        verdict.refusal or _article(seen, kept, choice, verdict.words),
        desk.results,
        choice.step,
        choice.why,
        (
            *(DroppedLine(found[index].text, rule) for index, rule in out.items()),
            *_links(evidence.blocks, chosen),
        ),
        verdict.signals,
        verdict.chance,
    )


def _links(blocks: Blocks, chosen: list[int]) -> Iterator[DroppedLine]:
    left = set(trimmed(blocks, chosen))
    return (DroppedLine(blocks.texts[index], "link") for index in chosen if index not in left)


def _article(seen: PageFacts, kept: list[Paragraph], choice: BlockSelection, words: int) -> Article:
    text = "\n\n".join(paragraph.text for paragraph in kept)
    facts = seen.metadata
    return Article(
        title=facts.title,
        text=text,
        language=language_of(text, seen.meta_tags.lang),
        confidence=round(choice.confidence, 3),
        word_count=words,
        url=seen.page.url,
        canonical_url=seen.meta_tags.canonical,
        author=facts.author,
        published=facts.published,
        site=facts.site,
        paragraph_kinds=tuple(paragraph.kind for paragraph in kept),
        traits=facts.traits,
    )
