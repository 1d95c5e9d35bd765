"""Remove what other services put into a page: embedded posts, toolbars of archives, consent placeholders."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Set as AbstractSet
from functools import cache
from importlib import resources

from lxml import etree
from lxml.html import HtmlElement

_ARCHIVE_TODAY = re.compile(r"https?://archive\.(?:today|ph|is|md|fo|li|vn)/", re.IGNORECASE)
_ARCHIVE_TODAY_HEADER = etree.XPath("//*[@id='HEADER' or @id='hashtags' or @id='FOOTER']")
_PLACEHOLDER_LINK = re.compile(r"\s*\bpic\.(?:twitter|x)\.com/\w+")
_IDS = etree.XPath("//@id", smart_strings=False)
_NAMED = etree.XPath("(//@class | //@id)/..")
_TEXT = etree.XPath("string()", smart_strings=False)
_TEXTS = etree.XPath("//text()[contains(., 'pic.')]")


def remove_embeds(root: HtmlElement, url: str, class_attributes: AbstractSet[str]) -> None:
    """Remove the elements of `embeds.toml` from the tree, and the links to pictures within copied posts."""
    found = []
    if _has_embeds(root, class_attributes):
        found += [element for element in _NAMED(root) if _is_embed(element)]
    if _ARCHIVE_TODAY.match(url):
        found += _ARCHIVE_TODAY_HEADER(root)
    for element in found:
        if element.getparent() is not None:
            element.drop_tree()
    for text in _TEXTS(root) if "pic." in _TEXT(root) else ():
        without = _PLACEHOLDER_LINK.sub("", text)
        if without != text:
            if text.is_tail:
                text.getparent().tail = without
            else:
                text.getparent().text = without


def _has_embeds(root: HtmlElement, class_attributes: AbstractSet[str]) -> bool:
    """Whether an element is an embed. Few pages have one, and the attributes alone are found faster."""
    names = {name for value in class_attributes for name in value.split()}
    return not (names.isdisjoint(_names("classes")) and _names("ids").isdisjoint(_IDS(root)))


def _is_embed(element: HtmlElement) -> bool:
    return element.get("id") in _names("ids") or not _names("classes").isdisjoint(
        element.get("class", "").split()
    )


@cache
def _names(attribute: str) -> frozenset[str]:
    text = resources.files("bot.extract").joinpath("embeds.toml").read_text("utf-8")
    return frozenset(name for names in tomllib.loads(text)[attribute].values() for name in names)
