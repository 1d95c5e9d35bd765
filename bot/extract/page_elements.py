"""The elements of a page that its metadata and the features of the gate are read from, found in one walk."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from lxml import etree
from lxml.html import HtmlElement

_TAGS = (
    "a", "button", "code", "h1", "h2", "h3", "iframe", "img", "input", "link", "meta", "noscript", "picture",
    "pre", "script", "select", "textarea", "time", "title", "video",
)  # fmt: skip
_TEXTS = etree.XPath(
    "/descendant::body/descendant::text()[normalize-space()][not(parent::script or parent::style)]"
)
_MAX_TEXTS = 3000


class PageElements:
    """The elements of the unmodified tree by tag, in the order of the page."""

    def __init__(self, root: HtmlElement) -> None:
        self.root = root
        self._all = list(root.iter(*_TAGS))
        self._by_tag: dict[str, list[HtmlElement]] = {tag: [] for tag in _TAGS}
        for element in self._all:
            self._by_tag[element.tag].append(element)

    def named(self, tag: str) -> list[HtmlElement]:
        """The elements with one of the tags that are collected."""
        return self._by_tag[tag]

    def named_any(self, *tags: str) -> Iterator[HtmlElement]:
        """The elements with any of these tags."""
        return (element for element in self._all if element.tag in tags)

    def count(self, *tags: str) -> int:
        return sum(len(self._by_tag[tag]) for tag in tags)

    @cached_property
    def texts(self) -> list[Any]:
        """The first 3,000 texts of the body, without those of scripts and style sheets and blank ones."""
        found: list[Any] = _TEXTS(self.root)[:_MAX_TEXTS]
        return found
