"""What is known of a page before it is read."""

from __future__ import annotations

from dataclasses import dataclass

from lxml.html import HtmlElement

from bot.core.models import Page
from bot.extract.gate_features import GateFeatures, page_signals
from bot.extract.meta_tags import MetaTags, read_meta_tags
from bot.extract.metadata import Metadata, read_metadata
from bot.extract.quick_refusals import RefusalFacts, look


@dataclass(frozen=True, slots=True)
class PageFacts:
    """A page's head, its facts, and what it shows of its kind."""

    page: Page
    meta_tags: MetaTags
    metadata: Metadata
    sight: RefusalFacts
    signals: GateFeatures


def collect_page_facts(page: Page, root: HtmlElement) -> PageFacts:
    """`root` is the tree as it was parsed: nothing may have been stripped from it."""
    head = read_meta_tags(root, page.url)
    facts = read_metadata(root, head, page.url)
    return PageFacts(
        page, head, facts, look(root, head, facts, page.url), page_signals(root, head, facts, page.url)
    )
