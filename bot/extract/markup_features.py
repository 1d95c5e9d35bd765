"""Features of a page's markup for the gate: elements, names of classes, and the software that made the page.

They do not depend on the language of the page.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import lru_cache

from lxml import etree
from lxml.html import HtmlElement

_ELEMENT_COUNTS = {
    "images": "count(//img)",
    "links": "count(//a[@href])",
    "inputs": "count(//input) + count(//select) + count(//textarea)",
    "choices": "count(//select) + count(//input[@type='number' or @type='radio'])",
    "buttons": "count(//button)",
    "times": "count(//time)",
    "code": "count(//pre) + count(//code)",
    "linked_images": "count(//a//img)",
    "linked_headings": "count(//h2//a | //h3//a | //h4//a | //a//h2 | //a//h3 | //a//h4)",
    "contacts": "count(//a[starts-with(@href, 'mailto:') or starts-with(@href, 'tel:')])",
}
_XPATHS = {name: etree.XPath(path) for name, path in _ELEMENT_COUNTS.items()}
_NAMES = etree.XPath("//@class | //@id", smart_strings=False)
_MAX_NAME_CHARACTERS = 60_000
_NAME_GROUPS = {
    "names_product": r"price|cart|sku|product|add-to|basket|swatch|variant|quantity|wishlist|rating|stock",
    "names_forum": r"thread|topic|repl(?:y|ies)|vote|avatar|user-?name|forum|post-?count|signature|karma"
    r"|answer|question",
    "names_filter": r"filter|facet|sort|paginat|pager|page-numbers|load-?more|results",
    "names_folding": r"accordion|faq|tabs?\b|slider|carousel|swiper|slick",
    "names_docs": r"\btoc|docs?-|sidebar-?nav|breadcrumb|edit-?page|version|highlight|language-|admonition"
    r"|codehilite|markdown|wiki|mw-|reference|section-?number|anchor",
    "names_service": r"hero|\bcta|testimonial|pricing|feature|client|logo-|partner|banner|counter|team|why-"
    r"|benefit|services?\b",
}
_NAME_PATTERNS = {name: re.compile(pattern) for name, pattern in _NAME_GROUPS.items()}
_BODY_NAMES = etree.XPath("concat(string(//body/@class), ' ', string(//body/@id))", smart_strings=False)
_BODY_GROUPS = {
    "body_article": re.compile(
        r"\b(?:single-post|post-template|single-format)|article|blog|news|story|postid|press"
        r"|node-?type-(?:post|article)|\b(?:single|post)\b"
    ),
    "body_page": re.compile(r"page-id|page-template|landing|basicpage|\bhome|front-page"),
}
_SOFTWARE_MARKS = etree.XPath(
    "//meta[@name='generator']/@content | //link/@href | //script/@src", smart_strings=False
)
_MAX_MARK_CHARACTERS = 20_000
_SOFTWARE = {
    "docs_software": r"docusaurus|sphinx|mkdocs|gitbook|docutils|mediawiki|rustdoc|vitepress|docfx|asciidoc"
    r"|antora|javadoc|doxygen|readme|hugo|starlight",
    "forum_software": r"discourse|phpbb|vbulletin|xenforo|invision|vanilla|flarum|mybb|smf|nodebb"
    r"|lithium|khoros",
    "shop_software": r"shopify|woocommerce|magento|prestashop|bigcommerce|opencart|shopware",
    "blog_software": r"wordpress|ghost|drupal|joomla|medium|substack|hubspot|blogger|typo3|movable"
    r"|squarespace|wix",
}
_SOFTWARE_PATTERNS = {name: re.compile(pattern) for name, pattern in _SOFTWARE.items()}


def _name_features(root: HtmlElement) -> dict[str, float]:
    counts = dict.fromkeys(_NAME_PATTERNS, 0)
    names = Counter(" ".join(_NAMES(root))[:_MAX_NAME_CHARACTERS].lower().split())
    for name, count in names.items():
        for group in _groups_of(name):
            counts[group] += count
    return {group: math.log1p(count) for group, count in counts.items()}


@lru_cache(maxsize=20_000)
def _groups_of(name: str) -> tuple[str, ...]:
    return tuple(group for group, pattern in _NAME_PATTERNS.items() if pattern.search(name))


def markup_features(root: HtmlElement) -> dict[str, float]:
    """Counts of elements, and of names by group (as logarithms); `root` is the unmodified tree."""
    out = {name: float(count(root)) for name, count in _XPATHS.items()}
    out |= _name_features(root)
    body = str(_BODY_NAMES(root))[:2_000].lower()
    out |= {name: float(len(group.findall(body))) for name, group in _BODY_GROUPS.items()}
    marks = " ".join(_SOFTWARE_MARKS(root))[:_MAX_MARK_CHARACTERS].lower()
    out |= {name: float(bool(pattern.search(marks))) for name, pattern in _SOFTWARE_PATTERNS.items()}
    return out
