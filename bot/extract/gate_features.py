"""Features that show what kind of page it is, for the decision trees of the gate."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lxml import etree
from lxml.html import HtmlElement

from bot.core.models import ParagraphKind
from bot.extract.meta_tags import MetaTags
from bot.extract.metadata import Metadata
from bot.extract.paragraphs import Paragraph
from bot.extract.url_parts import split_url
from bot.extract.word_count import count_words

if TYPE_CHECKING:  # the features of a page are computed before numpy is needed
    from bot.extract.block_selection import BlockSelection, Evidence

_ELEMENT_COUNTS = {
    "articles": etree.XPath("count(//article)"),
    "images": etree.XPath("count(//img)"),
    "links": etree.XPath("count(//a[@href])"),
    "forms": etree.XPath("count(//form)"),
    "inputs": etree.XPath("count(//input) + count(//select) + count(//textarea)"),
    "buttons": etree.XPath("count(//button)"),
    "times": etree.XPath("count(//time)"),
    "headings": etree.XPath("count(//h2) + count(//h3)"),
    "code": etree.XPath("count(//pre) + count(//code)"),
    "tables": etree.XPath("count(//table)"),
    "videos": etree.XPath("count(//video) + count(//iframe)"),
}
_JSON_LD_TYPES = {
    "ld_article": (
        "article",
        "newsarticle",
        "blogposting",
        "reportagenewsarticle",
        "opinionnewsarticle",
        "techarticle",
    ),
    "ld_product": ("product", "offer", "aggregateoffer", "productgroup", "softwareapplication"),
    "ld_list": ("collectionpage", "itemlist", "searchresultspage", "offercatalog"),
    "ld_forum": ("discussionforumposting", "qapage", "question", "answer"),
    "ld_firm": ("organization", "localbusiness", "service", "professionalservice", "corporation", "store"),
    "ld_faq": ("faqpage",),
}
_OG_TYPES = {
    "": 0,
    "article": 1,
    "website": 2,
    "product": 3,
    "og:product": 3,
    "product.group": 3,
    "object": 4,
    "profile": 5,
}
_PATH_WORDS = {
    "path_product": r"product|/p/|/dp/|shop|store|item|/buy|sku",
    "path_list": r"collection|categor|/c/|/tag|/search|archive|topics?/|browse|/all\b|directory|listings?"
    r"|jobs|events?\b",
    "path_docs": r"docs?\b|documentation|reference|/api\b|manual|guide/|/help|support|wiki|tutorial"
    r"|readme",
    "path_forum": r"forum|thread|topic|discuss|question|/t/|communit|viewtopic|/r/|comments|board",
    "path_service": r"service|solution|about|pricing|features|platform|contact|industr|what-we-do|company"
    r"|consult",
    "path_article": r"blog|news|articles?\b|story|stories|/20\d\d/|post|press|magazine|journal|insights|learn"
    r"|resources|opinion",
}
_PATH_PATTERNS = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _PATH_WORDS.items()}
_PRICE = re.compile(r"[$€£¥₹]\s?\d|\d\s?(?:€|USD|EUR|kr|zł)\b")
_SHOP_PHRASES = (
    "add to cart",
    "add to bag",
    "add to basket",
    "buy now",
    "in den warenkorb",
    "ajouter au panier",
    "añadir al carrito",
    "out of stock",
    "free shipping",
)
_CALLS_TO_ACTION = (
    "contact us",
    "get started",
    "get in touch",
    "get a ",
    "request a ",
    "free trial",
    "free quote",
    "book a ",
    "book now",
    "learn more",
    "sign up",
    "our services",
    "our team",
    "our clients",
    "call us",
)
_FORUM_WORDS = frozenset(
    {"reply", "replies", "replied", "posted", "joined", "thread", "wrote", "quote", "upvote", "points"}
)
_ADDRESS = re.compile(
    r"\b(?:we|our|us|you|your)\b|私たち|弊社|当社|あなた|お客様|我们|我們|您|你们|저희|당신|고객님"
)
_REPORTING = re.compile(
    r"\b(?:said|says|told|according|announced|reported|sagte|selon|dijo)\b"
    r"|と述べ|と話し|と語っ|によると|によれば|発表し|発表した|と説明し|明らかにし"
    r"|表示|指出|宣布|据此|据[^此点]|報導|报道|稱|说，|說，|밝혔다|말했다|전했다|따르면|발표했다|설명했다"
)
_ENDS = (".", "!", "?", "。", "！", "？", "।", "」", "』")

GateFeatures = dict[str, float]
_MAX_CHARACTERS = 20_000
"""The language features are computed from at most this many characters."""


def page_features(root: HtmlElement, meta_tags: MetaTags, metadata: Metadata, url: str) -> GateFeatures:
    """Features that are known before extraction; `root` is the unmodified tree."""
    out = {name: float(count(root)) for name, count in _ELEMENT_COUNTS.items()}
    og_type = meta_tags.first_text("og:type").lower()
    out["og_type"] = float(_OG_TYPES.get(og_type, 6))
    out |= {
        name: float(not meta_tags.json_ld_types.isdisjoint(types)) for name, types in _JSON_LD_TYPES.items()
    }
    out["dated"] = float(metadata.published is not None)
    out["signed"] = float(metadata.author is not None)
    out["title_words"] = float(count_words(metadata.title))
    out["asks"] = float(metadata.title.endswith(("?", "？")))
    parts = split_url(url)
    path = parts.path.rstrip("/")
    last = path.rsplit("/", 1)[-1]
    out |= {name: float(bool(pattern.search(path))) for name, pattern in _PATH_PATTERNS.items()}
    out["path_depth"] = float(path.count("/"))
    out["path_last"] = float(len(last))
    out["path_hyphens"] = float(last.count("-"))
    out["path_digits"] = float(sum(map(str.isdigit, path)))
    out["query"] = float(len(parts.query))
    out["sub_host"] = float(
        (parts.hostname or "").startswith(
            ("docs.", "help.", "support.", "forum.", "community.", "developer.")
        )
    )
    return out


def body_features(
    evidence: Evidence, selection: BlockSelection, paragraphs: Sequence[Paragraph]
) -> GateFeatures:
    """Features of the readers' texts and of the selected blocks.

    Words are estimated (`count_words`): Chinese and Japanese have no spaces between them.
    """
    words = evidence.words
    total = max(float(words.sum()), 1.0)
    coverage = evidence.coverage
    text = "\n".join(paragraph.text for paragraph in paragraphs)[:_MAX_CHARACTERS]
    page = "\n".join(evidence.blocks.texts)[:_MAX_CHARACTERS]
    lower, spoken = page.lower(), text.lower()
    sizes = [count_words(paragraph.text) for paragraph in paragraphs]
    number = max(sum(sizes), 1)
    page_words = max(evidence.blocks.total_word_count, 1)
    chosen = float(words[selection.selected].sum())
    prose = sum(
        size
        for size, paragraph in zip(sizes, paragraphs, strict=True)
        if paragraph.kind in (ParagraphKind.PARAGRAPH, ParagraphKind.QUOTE)
    )
    links = sum(
        share * len(text)
        for share, text in zip(evidence.blocks.link_share, evidence.blocks.texts, strict=True)
    )
    return {
        "confidence": selection.confidence,
        "agreement": coverage.agreement,
        "reader_ratio": coverage.ratio,
        "words": math.log1p(number),
        "page_words": math.log1p(page_words),
        "precise": float((coverage.precise * words).sum()) / total,
        "resiliparse": float((coverage.resiliparse * words).sum()) / total,
        "kept": chosen / total,
        "paragraphs": float(len(paragraphs)),
        "paragraph_words": number / max(len(paragraphs), 1),
        "longest": float(max(sizes, default=0)),
        "prose": prose / number,
        "items": sum(p.kind is ParagraphKind.LIST_ITEM for p in paragraphs) / max(len(paragraphs), 1),
        "heads": sum(p.kind is ParagraphKind.HEADING for p in paragraphs) / max(len(paragraphs), 1),
        "tabled": sum(p.kind is ParagraphKind.TABLE for p in paragraphs) / max(len(paragraphs), 1),
        "coded": sum(p.kind is ParagraphKind.CODE for p in paragraphs) / max(len(paragraphs), 1),
        "sentences": sum(p.text.endswith(_ENDS) for p in paragraphs) / max(len(paragraphs), 1),
        "link_share": links / max(sum(map(len, evidence.blocks.texts)), 1),
        "prices": len(_PRICE.findall(page)) / page_words * 100,
        "cart": float(sum(map(lower.count, _SHOP_PHRASES))),
        "calls": float(sum(map(lower.count, _CALLS_TO_ACTION))),
        "asked": sum(map(_FORUM_WORDS.__contains__, lower.split())) / page_words * 100,
        "you": len(_ADDRESS.findall(spoken)) / number * 100,
        "said": len(_REPORTING.findall(spoken)) / number * 100,
        "questions": (text.count("?") + text.count("？")) / number * 100,
        "twins": 1 - len(set(evidence.blocks.texts)) / max(len(evidence.blocks), 1),
    }
