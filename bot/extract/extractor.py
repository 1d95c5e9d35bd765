"""Page in, article or reason out.

Most of what there is to load waits in `bot.extract.extraction_steps` for the first page that may be an article;
`bot.workers.preload` fetches it sooner.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, overload

from lxml.html import HtmlElement

from bot.core.models import Article, NotArticle, Page
from bot.core.skip_reasons import SkipReason
from bot.extract.blocks import split_blocks
from bot.extract.charset import decode_html
from bot.extract.content_type import detect_other_type
from bot.extract.explanation import Explanation
from bot.extract.hidden_elements import strip_hidden
from bot.extract.html_tree import parse_html
from bot.extract.page_facts import collect_page_facts
from bot.extract.quick_refusals import refuse_before_reading
from bot.extract.site_rules import apply_site_rule, site_rule_for

if TYPE_CHECKING:
    from bot.extract.article_gate import Strictness
    from bot.extract.block_selection import ExtractionMode


@overload
def extract(
    page: Page, *, setting: ExtractionMode = ..., strictness: Strictness = ..., explain: Literal[False] = ...
) -> Article | NotArticle: ...
@overload
def extract(
    page: Page, *, setting: ExtractionMode = ..., strictness: Strictness = ..., explain: Literal[True]
) -> Explanation: ...
def extract(
    page: Page,
    *,
    setting: ExtractionMode = "default",
    strictness: Strictness = "default",
    explain: bool = False,
) -> Article | NotArticle | Explanation:
    """The article that a page holds, or why it holds none.

    `setting` trades time for care; `strictness` says how sure the gate must be that a page is an
    article; with `explain` the answer comes inside an `Explanation`. Whatever a third party's reader
    raises over a page is contained; time and memory are the caller's to limit.
    """
    explanation = _extract(page, setting, strictness)
    return explanation if explain else explanation.result


def _extract(page: Page, mode: ExtractionMode, strictness: Strictness) -> Explanation:
    kind = detect_other_type(page.content, page.content_type)
    if kind is not None:
        return Explanation(NotArticle(SkipReason.NOT_HTML, kind))
    root = parse_html(decode_html(page.content, page.content_type))
    if root is None:
        return Explanation(NotArticle(SkipReason.NOT_TEXT))
    facts = collect_page_facts(page, root)
    clean_tree(root, page.url)
    blocks = split_blocks(root)
    refusal = refuse_before_reading(facts.refusal_facts, blocks)
    if refusal is not None:
        return Explanation(refusal)
    from bot.extract.extraction_steps import read_article

    return read_article(facts, root, blocks, mode, strictness)


def clean_tree(root: HtmlElement, url: str) -> None:
    """Take out of the tree what no person sees, and what a rule for the site names."""
    strip_hidden(root)
    site = site_rule_for(url)
    if site is not None:
        apply_site_rule(site, root)
