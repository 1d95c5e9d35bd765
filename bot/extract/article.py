"""Page in, article or reason out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, overload

import numpy as np
from lxml.html import HtmlElement

from bot.extract.blocks import split
from bot.extract.body import Paragraph, paragraphs
from bot.extract.cascade import Choice, Evidence, Setting, choose, weigh
from bot.extract.charset import decode
from bot.extract.cleanup import dropped
from bot.extract.explain import Dropped, Explanation
from bot.extract.facts import Facts, gather
from bot.extract.gate import Strictness, judge
from bot.extract.head import Head, read_head
from bot.extract.hidden import strip_hidden
from bot.extract.language import language_of
from bot.extract.media import foreign
from bot.extract.plain import Sight, before_reading, look
from bot.extract.readers import Desk, Document
from bot.extract.signals import Signals, page_signals
from bot.extract.sites import apply, site_of
from bot.extract.tree import parse
from bot.models import Article, NotArticle, Page, SkipReason


@overload
def extract(
    page: Page, *, setting: Setting = ..., strictness: Strictness = ..., explain: Literal[False] = ...
) -> Article | NotArticle: ...
@overload
def extract(
    page: Page, *, setting: Setting = ..., strictness: Strictness = ..., explain: Literal[True]
) -> Explanation: ...
def extract(
    page: Page,
    *,
    setting: Setting = "default",
    strictness: Strictness = "default",
    explain: bool = False,
) -> Article | NotArticle | Explanation:
    """The article that a page holds, or why it holds none.

    `setting` trades time for care; `strictness` says how sure the gate must be that a page is an
    article; with `explain` the answer comes inside an `Explanation`. Whatever a third party's reader
    raises over a page is contained; time and memory are the caller's to limit.
    """
    explanation = _extract(page, setting, strictness)
    return explanation if explain else explanation.answer


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is known of a page before it is read."""

    page: Page
    head: Head
    facts: Facts
    sight: Sight
    signals: Signals


def _extract(page: Page, setting: Setting, strictness: Strictness) -> Explanation:
    kind = foreign(page.content, page.content_type)
    if kind is not None:
        return Explanation(NotArticle(SkipReason.NOT_HTML, kind))
    root = parse(decode(page.content, page.content_type))
    if root is None:
        return Explanation(NotArticle(SkipReason.NOT_TEXT))
    seen = _see(page, root)
    clean(root, page.url)
    blocks = split(root)
    refusal = before_reading(seen.sight, blocks)
    if refusal is not None:
        return Explanation(refusal)
    desk = Desk(Document(page.url, root))
    evidence = weigh(blocks, desk)
    return _answer(seen, desk, evidence, choose(evidence, setting), strictness)


def clean(root: HtmlElement, url: str) -> None:
    """Take out of the tree what no person sees, and what a rule for the site names."""
    strip_hidden(root)
    site = site_of(url)
    if site is not None:
        apply(site, root)


def _see(page: Page, root: HtmlElement) -> _Seen:
    head = read_head(root, page.url)
    facts = gather(root, head, page.url)
    return _Seen(
        page, head, facts, look(root, head, facts, page.url), page_signals(root, head, facts, page.url)
    )


def _answer(
    seen: _Seen, desk: Desk, evidence: Evidence, choice: Choice, strictness: Strictness
) -> Explanation:
    found = paragraphs(evidence.blocks, np.flatnonzero(choice.keep).tolist())
    out = dropped([paragraph.text for paragraph in found], seen.facts.title)
    kept = [paragraph for index, paragraph in enumerate(found) if index not in out]
    verdict = judge(seen.sight, seen.signals, evidence, choice, kept, strictness)
    return Explanation(
        verdict.refusal or _article(seen, kept, choice, verdict.words),
        desk.done,
        choice.step,
        choice.why,
        tuple(Dropped(found[index].text, rule) for index, rule in out.items()),
        verdict.signals,
        verdict.chance,
    )


def _article(seen: _Seen, kept: list[Paragraph], choice: Choice, words: int) -> Article:
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
