"""Features of a page's markup for the gate: elements, names of classes, and the software that made the page.

They do not depend on the language of the page.
"""

from __future__ import annotations

import math
import re
from bisect import bisect
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate

from lxml import etree
from lxml.html import HtmlElement

from bot.extract.page_elements import PageElements

_LINKED_IMAGES = etree.XPath("count(//a//img)")
_LINKED_HEADINGS = etree.XPath("count(//h2//a | //h3//a | //h4//a | //a//h2 | //a//h3 | //a//h4)")
_NAMES = etree.XPath("//@class | //@id", smart_strings=False)
_MAX_NAME_CHARACTERS = 60_000
_NAME_WORDS = {
    "names_product": "price cart sku product add-to basket swatch variant quantity wishlist rating stock",
    "names_forum": "thread topic reply replies vote avatar user-name username forum post-count postcount"
    " signature karma answer question",
    "names_filter": "filter facet sort paginat pager page-numbers load-more loadmore results",
    "names_folding": "accordion faq slider carousel swiper slick",
    "names_docs": "doc- docs- sidebar-nav sidebarnav breadcrumb edit-page editpage version highlight"
    " language- admonition codehilite markdown wiki mw- reference section-number sectionnumber anchor",
    "names_service": "hero testimonial pricing feature client logo- partner banner counter team why- benefit",
}
"""Words that may be anywhere in a name."""
_NAME_PATTERNS = {
    "names_folding": {"tab": re.compile(r"tabs?\b")},
    "names_docs": {"toc": re.compile(r"\btoc")},
    "names_service": {"cta": re.compile(r"\bcta"), "service": re.compile(r"services?\b")},
}
"""Patterns, each by a word that all its matches have."""
_BODY_NAMES = etree.XPath("concat(string(//body/@class), ' ', string(//body/@id))", smart_strings=False)
_BODY_GROUPS = {
    "body_article": re.compile(
        r"\b(?:single-post|post-template|single-format)|article|blog|news|story|postid|press"
        r"|node-?type-(?:post|article)|\b(?:single|post)\b"
    ),
    "body_page": re.compile(r"page-id|page-template|landing|basicpage|\bhome|front-page"),
}
_MAX_MARK_CHARACTERS = 20_000
_SOFTWARE = {
    "docs_software": "docusaurus sphinx mkdocs gitbook docutils mediawiki rustdoc vitepress docfx asciidoc"
    " antora javadoc doxygen readme hugo starlight",
    "forum_software": "discourse phpbb vbulletin xenforo invision vanilla flarum mybb smf nodebb lithium"
    " khoros",
    "shop_software": "shopify woocommerce magento prestashop bigcommerce opencart shopware",
    "blog_software": "wordpress ghost drupal joomla medium substack hubspot blogger typo3 movable squarespace"
    " wix",
}
_SOFTWARE_NAMES = {kind: tuple(names.split()) for kind, names in _SOFTWARE.items()}


def markup_features(elements: PageElements) -> dict[str, float]:
    """Counts of elements, and of names by group (as logarithms)."""
    out = _element_counts(elements) | _name_features(elements.root)
    body = str(_BODY_NAMES(elements.root))[:2_000].lower()
    out |= {name: float(len(group.findall(body))) for name, group in _BODY_GROUPS.items()}
    marks = " ".join(filter(None, _software_marks(elements)))[:_MAX_MARK_CHARACTERS].lower()
    out |= {kind: float(any(name in marks for name in names)) for kind, names in _SOFTWARE_NAMES.items()}
    return out


def _element_counts(elements: PageElements) -> dict[str, float]:
    addresses = [address for link in elements.named("a") if (address := link.get("href")) is not None]
    choices = sum(one.get("type") in ("number", "radio") for one in elements.named("input"))
    counts = {
        "images": elements.count("img"),
        "links": len(addresses),
        "inputs": elements.count("input", "select", "textarea"),
        "choices": elements.count("select") + choices,
        "buttons": elements.count("button"),
        "times": elements.count("time"),
        "code": elements.count("pre", "code"),
        "linked_images": _LINKED_IMAGES(elements.root),
        "linked_headings": _LINKED_HEADINGS(elements.root),
        "contacts": sum(address.startswith(("mailto:", "tel:")) for address in addresses),
    }
    return {name: float(count) for name, count in counts.items()}


def _software_marks(elements: PageElements) -> Iterator[str]:
    """The name of the software that made the page, and the addresses of style sheets and scripts."""
    for element in elements.named_any("meta", "link", "script"):
        if element.tag != "meta":
            yield element.get("href" if element.tag == "link" else "src", "")
        elif element.get("name") == "generator":
            yield element.get("content", "")


def _name_features(root: HtmlElement) -> dict[str, float]:
    counts = Counter(" ".join(_NAMES(root))[:_MAX_NAME_CHARACTERS].lower().split())
    return {
        group: math.log1p(sum(counts[name] for name in found)) for group, found in _by_group(list(counts))
    }


def _by_group(names: list[str]) -> Iterator[tuple[str, set[str]]]:
    """Each group with those of the names that belong to it."""
    # all names are searched at once for a word: that takes half the time of a pattern for each name
    lines = "\n".join(names)
    starts = list(accumulate((len(name) + 1 for name in names), initial=0))
    for group, words in _NAME_WORDS.items():
        found = {name for word in words.split() for name in _with_word(word, lines, starts, names)}
        for word, pattern in _NAME_PATTERNS.get(group, {}).items():
            found |= set(filter(pattern.search, _with_word(word, lines, starts, names)))
        yield group, found


def _with_word(word: str, lines: str, starts: list[int], names: list[str]) -> Iterator[str]:
    """The names that have a word; `lines` has the names as lines, which begin at `starts`."""
    at = lines.find(word)
    while at >= 0:
        line = bisect(starts, at)
        yield names[line - 1]
        at = lines.find(word, starts[line])
