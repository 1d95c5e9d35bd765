"""Extract the article of a page that passed the quick refusals: readers, block model, clean-up, gate.

`bot.extract.extractor` imports this module with the first such page, because it imports numpy and
the language model, which are most of the total import time.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from lxml.html import HtmlElement

from bot.core.models import Article, ArticleTrait
from bot.extract.article_gate import Strictness, check_article
from bot.extract.block_selection import (
    BlockSelection,
    Evidence,
    collect_evidence,
    select_blocks,
)
from bot.extract.blocks import Blocks
from bot.extract.cleanup import find_dropped_lines
from bot.extract.explanation import DroppedLine, Explanation
from bot.extract.language_detection import language_of
from bot.extract.live_blogs import LiveBlog
from bot.extract.live_selection import mark_live_entries, with_live_entries
from bot.extract.page_facts import PageFacts
from bot.extract.paragraphs import Paragraph, to_paragraphs, without_link_lines
from bot.extract.readers import CleanPage, ReaderCache
from bot.extract.standfirsts import Headline


def read_article(
    facts: PageFacts,
    root: HtmlElement,
    blocks: Blocks,
    strictness: Strictness,
    live_blog: LiveBlog | None = None,
) -> Explanation:
    """Extract the article; `root` is the clean tree that `blocks` were split from."""
    readers = ReaderCache(CleanPage(facts.page.url, root))
    evidence = collect_evidence(blocks, readers)
    return _explain(facts, readers, evidence, select_blocks(evidence), strictness, live_blog)


def _explain(
    facts: PageFacts,
    readers: ReaderCache,
    evidence: Evidence,
    selection: BlockSelection,
    strictness: Strictness,
    live_blog: LiveBlog | None,
) -> Explanation:
    chosen = np.flatnonzero(selection.selected).tolist()
    if live_blog is None:
        paragraphs = to_paragraphs(evidence.blocks, chosen, headline_of(facts))
    else:
        chosen = with_live_entries(evidence.blocks, chosen, live_blog)
        paragraphs = mark_live_entries(
            evidence.blocks, to_paragraphs(evidence.blocks, chosen, headline_of(facts)), live_blog
        )
    dropped = find_dropped_lines([paragraph.text for paragraph in paragraphs], facts.metadata.title)
    kept = [paragraph for index, paragraph in enumerate(paragraphs) if index not in dropped]
    verdict = check_article(facts.refusal_facts, facts.gate_features, evidence, selection, kept, strictness)
    return Explanation(
        verdict.refusal or _article(facts, kept, selection, verdict.word_count, live_blog),
        readers.results,
        selection.step,
        selection.why,
        (
            *(DroppedLine(paragraphs[index].text, rule) for index, rule in dropped.items()),
            *_dropped_links(evidence.blocks, chosen),
        ),
        verdict.features,
        verdict.probability,
    )


def headline_of(facts: PageFacts) -> Headline:
    """What the page says of its article, for the search for the standfirst."""
    description = facts.meta_tags.first_text("og:description", "description", "twitter:description")
    return Headline(facts.metadata.title, description, facts.metadata.author or "")


def _dropped_links(blocks: Blocks, chosen: list[int]) -> Iterator[DroppedLine]:
    left = set(without_link_lines(blocks, chosen))
    return (DroppedLine(blocks.texts[index], "link") for index in chosen if index not in left)


def _article(
    facts: PageFacts,
    kept: list[Paragraph],
    selection: BlockSelection,
    words: int,
    live_blog: LiveBlog | None,
) -> Article:
    text = "\n\n".join(paragraph.text for paragraph in kept)
    metadata = facts.metadata
    return Article(
        title=metadata.title,
        text=text,
        language=language_of(text, facts.meta_tags.lang),
        confidence=round(selection.confidence, 3),
        word_count=words,
        url=facts.page.url,
        canonical_url=facts.meta_tags.canonical_url,
        author=metadata.author,
        published=metadata.published,
        site=metadata.site,
        paragraph_kinds=tuple(paragraph.kind for paragraph in kept),
        traits=metadata.traits if live_blog is None else metadata.traits | {ArticleTrait.LIVE},
    )
