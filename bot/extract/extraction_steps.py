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
from bot.extract.block_selection import Choice, Evidence, Setting, choose, weigh
from bot.extract.blocks import Blocks
from bot.extract.cleanup import dropped
from bot.extract.explanation import Dropped, Explanation
from bot.extract.language_detection import language_of
from bot.extract.page_facts import Seen
from bot.extract.paragraphs import Paragraph, paragraphs, trimmed
from bot.extract.readers import Desk, Document


def read(
    seen: Seen, root: HtmlElement, blocks: Blocks, setting: Setting, strictness: Strictness
) -> Explanation:
    """`root` is the clean tree that `blocks` were split from."""
    desk = Desk(Document(seen.page.url, root))
    evidence = weigh(blocks, desk)
    return _answer(seen, desk, evidence, choose(evidence, setting), strictness)


def _answer(
    seen: Seen, desk: Desk, evidence: Evidence, choice: Choice, strictness: Strictness
) -> Explanation:
    chosen = np.flatnonzero(choice.keep).tolist()
    found = paragraphs(evidence.blocks, chosen)
    out = dropped([paragraph.text for paragraph in found], seen.facts.title)
    kept = [paragraph for index, paragraph in enumerate(found) if index not in out]
    verdict = judge(seen.sight, seen.signals, evidence, choice, kept, strictness)
    return Explanation(
        verdict.refusal or _article(seen, kept, choice, verdict.words),
        desk.done,
        choice.step,
        choice.why,
        (
            *(Dropped(found[index].text, rule) for index, rule in out.items()),
            *_links(evidence.blocks, chosen),
        ),
        verdict.signals,
        verdict.chance,
    )


def _links(blocks: Blocks, chosen: list[int]) -> Iterator[Dropped]:
    left = set(trimmed(blocks, chosen))
    return (Dropped(blocks.texts[index], "link") for index in chosen if index not in left)


def _article(seen: Seen, kept: list[Paragraph], choice: Choice, words: int) -> Article:
    text = "\n\n".join(paragraph.text for paragraph in kept)
    facts = seen.facts
    return Article(
        title=facts.title,
        text=text,
        language=language_of(text, seen.head.lang),
        confidence=round(choice.confidence, 3),
        words=words,
        url=seen.page.url,
        canonical_url=seen.head.canonical,
        author=facts.author,
        published=facts.published,
        site=facts.site,
        kinds=tuple(paragraph.kind for paragraph in kept),
        traits=facts.traits,
    )
