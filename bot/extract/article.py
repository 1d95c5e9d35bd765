"""Page in, article or reason out."""

from __future__ import annotations

from typing import Literal, overload

import numpy as np

from bot.extract import gate, sites
from bot.extract.align import PageIndex
from bot.extract.blocks import split
from bot.extract.body import Paragraph, paragraphs
from bot.extract.cascade import Choice, Evidence, Setting, choose
from bot.extract.charset import decode
from bot.extract.cleanup import dropped
from bot.extract.explain import Dropped, Explanation
from bot.extract.facts import Facts, gather
from bot.extract.head import Head, read_head
from bot.extract.hidden import strip_hidden
from bot.extract.language import language_of
from bot.extract.media import foreign
from bot.extract.readers import Desk, Document
from bot.extract.tree import parse
from bot.extract.words import count_words
from bot.models import Article, NotArticle, Page, SkipReason


@overload
def extract(
    page: Page, *, setting: Setting = ..., strictness: gate.Strictness = ..., explain: Literal[False] = ...
) -> Article | NotArticle: ...
@overload
def extract(
    page: Page, *, setting: Setting = ..., strictness: gate.Strictness = ..., explain: Literal[True]
) -> Explanation: ...
def extract(
    page: Page,
    *,
    setting: Setting = "default",
    strictness: gate.Strictness = "default",
    explain: bool = False,
) -> Article | NotArticle | Explanation:
    """The article that a page holds, or why it holds none.

    `setting` trades time for care; `strictness` says how sure the gate must be that a page is an
    article; with `explain` the answer comes inside an `Explanation`. Whatever a third party's reader
    raises over a page is contained; time and memory are the caller's to limit.
    """
    explanation = _extract(page, setting, strictness)
    return explanation if explain else explanation.answer


def _extract(page: Page, setting: Setting, strictness: gate.Strictness) -> Explanation:
    kind = foreign(page.content, page.content_type)
    if kind is not None:
        return Explanation(NotArticle(SkipReason.NOT_HTML, kind))
    root = parse(decode(page.content, page.content_type))
    if root is None:
        return Explanation(NotArticle(SkipReason.NOT_TEXT))
    head = read_head(root, page.url)
    facts = gather(root, head, page.url)
    view = gate.look(root, head, facts, page.url)
    strip_hidden(root)
    site = sites.site_of(page.url)
    if site is not None:
        sites.apply(site, root)
    early = gate.before_reading(view, root)
    if early is not None:
        return Explanation(early)
    blocks = split(root)
    if not len(blocks):
        return Explanation(NotArticle(SkipReason.NOT_TEXT))
    evidence = Evidence(blocks, PageIndex(blocks), Desk(Document(page.url, root)))
    return _answer(page, head, facts, view, evidence, choose(evidence, setting), strictness)


def _answer(
    page: Page,
    head: Head,
    facts: Facts,
    view: gate.View,
    evidence: Evidence,
    choice: Choice,
    strictness: gate.Strictness,
) -> Explanation:
    found = paragraphs(evidence.blocks, np.flatnonzero(choice.keep).tolist())
    out = dropped([paragraph.text for paragraph in found], facts.title)
    kept = [paragraph for index, paragraph in enumerate(found) if index not in out]
    verdict = gate.after_reading(view, evidence, choice, kept, strictness)
    return Explanation(
        verdict.refusal or _article(page, head, facts, kept, choice),
        evidence.desk.done,
        choice.step,
        choice.why,
        tuple(Dropped(found[index].text, rule) for index, rule in out.items()),
        verdict.signals,
        verdict.chance,
    )


def _article(page: Page, head: Head, facts: Facts, kept: list[Paragraph], choice: Choice) -> Article:
    text = "\n\n".join(paragraph.text for paragraph in kept)
    return Article(
        title=facts.title,
        text=text,
        language=language_of(text, head.lang),
        confidence=round(choice.confidence, 3),
        words=count_words(text),
        url=page.url,
        canonical_url=head.canonical,
        author=facts.author,
        published=facts.published,
        site=facts.site,
        kinds=tuple(paragraph.kind for paragraph in kept),
        traits=facts.traits,
    )
