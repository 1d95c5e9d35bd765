"""Extract the article of a page or document, or the reason why it is not an article.

Most of the imports are in `bot.extract.extraction_steps`, which is imported with the first page that may be
an article; `bot.workers.preload` imports it earlier.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, overload

from lxml.html import HtmlElement

from bot.core.models import Article, NotArticle, Page
from bot.core.skip_reasons import SkipReason
from bot.extract.blocks import Blocks, split_blocks
from bot.extract.captions import mark_captions
from bot.extract.charset import decode_html
from bot.extract.content_type import detect_other_type
from bot.extract.documents import document_kind
from bot.extract.embedded_text import MAX_SHOWN_WORDS, EmbeddedText
from bot.extract.embeds import remove_embeds
from bot.extract.explanation import Explanation
from bot.extract.hidden_elements import strip_hidden
from bot.extract.html_tree import class_attributes_of, parse_html
from bot.extract.live_blogs import read_live_blog
from bot.extract.mojibake import is_unreadable
from bot.extract.page_facts import PageFacts, collect_page_facts
from bot.extract.phrases import phrases
from bot.extract.quick_refusals import refuse_before_reading
from bot.extract.running_text import prepare_hidden_text, prepare_running_text
from bot.extract.shadow_roots import open_shadow_roots
from bot.extract.site_rules import apply_site_rule, site_rule_for
from bot.extract.url_parts import split_url

if TYPE_CHECKING:
    from bot.extract.article_gate import Strictness


@overload
def extract(
    page: Page, *, strictness: Strictness = ..., explain: Literal[False] = ...
) -> Article | NotArticle: ...
@overload
def extract(page: Page, *, strictness: Strictness = ..., explain: Literal[True]) -> Explanation: ...
def extract(
    page: Page,
    *,
    strictness: Strictness = "default",
    explain: bool = False,
) -> Article | NotArticle | Explanation:
    """The article of a page, or the reason why it is not an article.

    `strictness` is how certain the gate must be that a page is an article. With `explain`, the result comes
    in an `Explanation`.
    Exceptions of third-party readers are caught. The caller must limit time and memory.
    """
    explanation = _extract(page, strictness)
    return explanation if explain else explanation.result


def _extract(page: Page, strictness: Strictness) -> Explanation:
    document = document_kind(page.content, page.content_type, split_url(page.url).path)
    if document is not None:
        from bot.extract.documents.document_reader import read_document

        return read_document(page, document)
    kind = detect_other_type(page.content, page.content_type)
    if kind is not None:
        return Explanation(NotArticle(SkipReason.NOT_HTML, kind))
    root = parse_html(decode_html(page.content, page.content_type))
    if root is None:
        return Explanation(NotArticle(SkipReason.NOT_TEXT))
    open_shadow_roots(root)
    facts = collect_page_facts(page, root)
    embedded = EmbeddedText(root, facts.meta_tags)
    live_blog = read_live_blog(root, facts.meta_tags, facts.metadata.title, page)
    clean_tree(root, page.url)
    if is_unreadable(root.text_content()):
        return Explanation(NotArticle(SkipReason.MOJIBAKE))
    blocks = _split_blocks(root, facts, embedded)
    refusal = refuse_before_reading(facts.refusal_facts, blocks)
    if refusal is not None:
        return Explanation(refusal)
    from bot.extract.extraction_steps import read_article

    return read_article(facts, root, blocks, strictness, live_blog)


def _split_blocks(root: HtmlElement, facts: PageFacts, embedded: EmbeddedText) -> Blocks:
    """The blocks of the clean tree. If they have nearly no text, that of the page's data is added first."""
    blocks = split_blocks(root)
    shown = "\n".join(blocks.texts)
    if sum(map(len, blocks.words)) > MAX_SHOWN_WORDS or facts.refusal_facts.cut_short:
        return blocks
    if phrases("wall").matches(shown) or facts.refusal_facts.has_password_field:
        return blocks
    article = embedded.article(facts.metadata.title)
    body = root.find("body")
    if article is None or body is None:
        return blocks
    body.append(article)
    clean_tree(root, facts.page.url)
    return split_blocks(root)


def clean_tree(root: HtmlElement, url: str) -> None:
    """Remove embeds, hidden elements and what the rule of the site names; make the rest running text."""
    class_attributes = class_attributes_of(root)
    remove_embeds(root, url, class_attributes)
    prepare_hidden_text(root, class_attributes)
    strip_hidden(root, class_attributes)
    mark_captions(root, class_attributes)
    prepare_running_text(root, class_attributes)
    rule = site_rule_for(url)
    if rule is not None:
        apply_site_rule(rule, root)
