"""The Protocol of a reader: an extraction library that returns the article text of a page."""

from __future__ import annotations

from functools import cached_property
from typing import Protocol

from lxml import etree
from lxml.html import HtmlElement
from msgspec import Struct


class CleanPage:
    """The input of all readers: the cleaned tree of a page. A reader must not change the tree."""

    def __init__(self, url: str, root: HtmlElement) -> None:
        self.url = url
        self.root = root

    @cached_property
    def html(self) -> str:
        """The tree serialised to HTML, for readers that parse it themselves."""
        return str(etree.tostring(self.root, encoding="unicode", method="html"))


class ReaderResult(Struct, frozen=True):
    """The text that one reader extracted; if it failed, `error` is one line and the text is empty."""

    reader: str
    text: str
    error: str = ""


class Reader(Protocol):
    """One way to extract the body of an article."""

    name: str

    def extract_text(self, page: CleanPage) -> str:
        """The body, one paragraph per line. May raise any exception: `ReaderCache` catches it."""
        ...
