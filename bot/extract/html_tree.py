"""Parse a page into the tree that every reader works on."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

from lxml import etree, html

# libxml2 compares each attribute with all attributes before it: 100,000 attributes take nine seconds.
_LONG_TAG_LENGTH = 40_000
_LONG_TAG = re.compile(rf"<([a-zA-Z][\w:-]*)\s[^>]{{{_LONG_TAG_LENGTH},}}>")
_MANY_ATTRIBUTES = 1000
# lxml.html asks a Python function for the class of each element, which costs as much as all other work on it
_ELEMENT_CLASS = etree.ElementDefaultClassLookup(element=html.HtmlElement)
_CLASSES = etree.XPath("//@class", smart_strings=False)
_NAMED = etree.XPath("/descendant::*[@class]")
_IN_TEXT = etree.XPath("//@class[contains($text, .)]/..")
_MAX_SEARCHED = 2_000
"""Characters of class attributes in which each class attribute of a page is searched."""
_SOFT_HYPHEN_REFERENCE = re.compile(r"&(?:[sS][hH][yY]|#0*173|#[xX]0*[aA][dD]);")


def parse_html(text: str) -> html.HtmlElement | None:
    """The root element of a page, or None for an empty page.

    Comments, processing instructions and soft hyphens are removed. Tags nested deeper than libxml2 allows
    (2,048) are cut off, with everything after them.
    """
    text = _SOFT_HYPHEN_REFERENCE.sub("", text.replace("\xad", ""))
    # always UTF-8, whatever the page's head says: the page was decoded before
    parser = html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True, collect_ids=False
    )
    parser.set_element_class_lookup(_ELEMENT_CLASS)
    try:
        return html.document_fromstring(_without_attribute_floods(text).encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, AssertionError):
        return None


def class_attributes_of(root: html.HtmlElement) -> frozenset[str]:
    """The values of all class attributes.

    Few pages have the classes that a step looks for. Its elements are searched only if this set has one.
    """
    return frozenset(_CLASSES(root))


def elements_with_class(root: html.HtmlElement, values: AbstractSet[str]) -> list[html.HtmlElement]:
    """The elements whose class attribute is one of the values, in page order."""
    if not values:
        return []
    joined = "\n".join(values)
    # the search in XPath saves creating element objects; its time is limited only if it searches a short text
    found = _IN_TEXT(root, text=joined) if len(joined) <= _MAX_SEARCHED else _NAMED(root)
    return [element for element in found if element.get("class") in values]


def _without_attribute_floods(text: str) -> str:
    def shorten(tag: re.Match[str]) -> str:
        many = tag[0].count(" ") > _MANY_ATTRIBUTES or tag[0].count("=") > _MANY_ATTRIBUTES
        return f"<{tag[1]}>" if many else tag[0]

    return _LONG_TAG.sub(shorten, text) if _may_have_long_tag(text) else text


def _may_have_long_tag(text: str) -> bool:
    """Whether a part of the text as long as a long tag has no ">"."""
    at = 0
    while len(text) - at >= _LONG_TAG_LENGTH:
        end = text.rfind(">", at, at + _LONG_TAG_LENGTH)
        if end < 0:
            return True
        at = end + 1
    return False
