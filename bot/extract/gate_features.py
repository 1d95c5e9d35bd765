"""Features of a page before extraction, for the decision trees of the gate: what it declares about itself."""

from __future__ import annotations

import re

from lxml import etree
from lxml.html import HtmlElement

from bot.extract.markup_features import markup_features
from bot.extract.meta_tags import MetaTags
from bot.extract.metadata import Metadata
from bot.extract.page_elements import PageElements
from bot.extract.url_features import url_features
from bot.extract.url_parts import split_url
from bot.extract.word_count import WORD, count_words

_ITEM_TYPES = etree.XPath("/descendant::*/@itemtype", smart_strings=False)
_MAX_ITEM_TYPES = 2_000
_TYPES = {
    "typed_article": frozenset(
        {
            "article",
            "newsarticle",
            "blogposting",
            "reportagenewsarticle",
            "opinionnewsarticle",
            "analysisnewsarticle",
            "techarticle",
            "scholarlyarticle",
            "report",
            "liveblogposting",
        }
    ),
    "typed_product": frozenset(
        {"product", "offer", "aggregateoffer", "productgroup", "softwareapplication", "aggregaterating"}
    ),
    "typed_list": frozenset({"collectionpage", "itemlist", "searchresultspage", "offercatalog"}),
    "typed_forum": frozenset({"discussionforumposting", "qapage", "answer", "comment", "usercomments"}),
    "typed_firm": frozenset(
        {"organization", "localbusiness", "service", "professionalservice", "corporation", "store"}
    ),
    "typed_path": frozenset({"breadcrumblist"}),
}
"""Types of schema.org, in JSON-LD or in microdata."""
_OPEN_GRAPH_TYPES = {"og_article": "article", "og_site": "website", "og_product": "product"}
_DATES = (
    "article:published_time",
    "datepublished",
    "date",
    "dc.date",
    "parsely-pub-date",
    "sailthru.date",
)
_AUTHORS = ("author", "article:author", "parsely-author")
_MIN_SLUG_WORD = 3
_SEPARATOR = re.compile(r"\s[|–—\-·:»]\s")

GateFeatures = dict[str, float]


def page_features(elements: PageElements, meta_tags: MetaTags, metadata: Metadata, url: str) -> GateFeatures:
    """Features that are known before extraction."""
    return (
        markup_features(elements)
        | _declared_features(elements.root, meta_tags)
        | _title_features(elements, metadata, url)
        | url_features(url)
        | {"dated": float(metadata.published is not None), "signed": float(metadata.author is not None)}
    )


def _declared_features(root: HtmlElement, meta_tags: MetaTags) -> GateFeatures:
    items = {value.rstrip("/").rsplit("/", 1)[-1].lower() for value in _ITEM_TYPES(root)[:_MAX_ITEM_TYPES]}
    types = meta_tags.json_ld_types | items
    meta, og_type = meta_tags.meta, meta_tags.first_text("og:type").lower()
    out = {name: float(not wanted.isdisjoint(types)) for name, wanted in _TYPES.items()}
    out |= {name: float(wanted in og_type) for name, wanted in _OPEN_GRAPH_TYPES.items()}
    out["og_image"] = float("og:image" in meta)
    out["described_words"] = float(count_words(meta_tags.first_text("description", "og:description")))
    out["meta_date"] = float(bool(meta_tags.first_text(*_DATES)))
    out["meta_author"] = float(bool(meta_tags.first_text(*_AUTHORS)))
    out["meta_price"] = float(any("price" in name or name.startswith("product:") for name in meta))
    return out


def _title_features(elements: PageElements, metadata: Metadata, url: str) -> GateFeatures:
    title = metadata.title
    heading = next((" ".join(one.text_content().split())[:300] for one in elements.named("h1")), "")
    page_title = next((one.text or "" for one in elements.named("title")), "")
    last = split_url(url).path.rstrip("/").rsplit("/", 1)[-1].lower()
    words = [word for word in WORD.findall(title.lower()) if len(word) >= _MIN_SLUG_WORD]
    return {
        "title_words": float(count_words(title)),
        "title_parts": float(len(_SEPARATOR.findall(page_title))),
        "title_in_path": sum(word in last for word in words) / max(len(words), 1),
        "heading_words": float(count_words(heading)),
        "heading_is_title": float(bool(heading) and heading.casefold() == title.casefold()),
    }
