"""What a reader is: a page's clean tree in, the text that it takes for the article out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from lxml import etree
from lxml.html import HtmlElement


class CleanPage:
    """A page as all readers get it. None of them may change the tree."""

    def __init__(self, url: str, root: HtmlElement) -> None:
        self.url = url
        self.root = root

    @cached_property
    def html(self) -> str:
        """The clean tree written out again, for readers that parse by themselves."""
        return str(etree.tostring(self.root, encoding="unicode", method="html"))


@dataclass(frozen=True, slots=True)
class ReaderResult:
    """What one reader made of a page; an error is kept as one line, and the text is then empty."""

    reader: str
    text: str
    error: str = ""


class Reader(Protocol):
    """One way to find an article's body."""

    name: str

    def extract_text(self, page: CleanPage) -> str:
        """The body, one paragraph a line. May raise anything: `read_all` contains it."""
        ...
