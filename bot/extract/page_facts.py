"""What is known of a page before extraction."""

from __future__ import annotations

from lxml.html import HtmlElement
from msgspec import Struct

from bot.core.models import Page
from bot.extract.gate_features import GateFeatures, page_features
from bot.extract.meta_tags import MetaTags, read_meta_tags
from bot.extract.metadata import Metadata, read_metadata
from bot.extract.page_elements import PageElements
from bot.extract.quick_refusals import RefusalFacts, refusal_facts_of


class PageFacts(Struct, frozen=True):
    """A page with its meta tags, its metadata and the input of the quick refusals and the gate."""

    page: Page
    meta_tags: MetaTags
    metadata: Metadata
    refusal_facts: RefusalFacts
    gate_features: GateFeatures


def collect_page_facts(page: Page, root: HtmlElement) -> PageFacts:
    """`root` is the unmodified tree: the facts include scripts and hidden elements."""
    elements = PageElements(root)
    meta_tags = read_meta_tags(elements, page.url)
    metadata = read_metadata(elements, meta_tags, page.url)
    return PageFacts(
        page,
        meta_tags,
        metadata,
        refusal_facts_of(elements, meta_tags, metadata, page.url),
        page_features(elements, meta_tags, metadata, page.url),
    )
