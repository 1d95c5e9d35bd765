"""readability's Document, with three steps done faster."""

from __future__ import annotations

from functools import cache

from lxml.html import HtmlElement, document_fromstring
from readability import Document
from readability.cleaners import html_cleaner
from readability.readability import REGEXES

from bot.extract.readers.element_class import one_class_parser

_PARSER = one_class_parser("utf-8")

_BEGINNINGS = ("a", "blockquote", "dl", "div", "img", "ol", "p", "pre", "table", "ul")
"""How tags begin that make a division more than a paragraph; `article` is among them."""


class FastDocument(Document):  # type: ignore[misc]
    """Gives the same results as `Document`, for a page as text and without its URL."""

    def _parse(self, page: str) -> HtmlElement:
        """The clean tree. The original makes a copy of the tree, and cleans that."""
        root = document_fromstring(page.encode("utf-8", "replace"), parser=_PARSER)
        html_cleaner(root)
        root.resolve_base_href(handle_failures=self.handle_failures)
        return root

    def remove_unlikely_candidates(self) -> None:
        """Remove elements with names such as "sidebar". The original searches those of each element anew."""
        is_unlikely = cache(_is_unlikely)
        for element in self.html.findall(".//*"):
            names = f"{element.get('class', '')} {element.get('id', '')}"
            if is_unlikely(names) and element.tag not in ("html", "body"):
                element.drop_tree()

    def transform_misused_divs_into_paragraphs(self) -> None:
        """Make paragraphs of divisions without blocks, and of the text directly in other divisions.

        The original serialises each division, and so each element once for each division around it.
        """
        for division in self.html.findall(".//div"):
            if not _has_block(division):
                division.tag = "p"
        for division in self.html.findall(".//div"):
            _wrap_text(division)


def _is_unlikely(names: str) -> bool:
    """Whether a class attribute and an identifier are those of an element that is hardly the article."""
    unlikely, maybe = REGEXES["unlikelyCandidatesRe"], REGEXES["okMaybeItsACandidateRe"]
    return len(names) > 1 and unlikely.search(names) is not None and maybe.search(names) is None


def _has_block(division: HtmlElement) -> bool:
    return any(
        isinstance(one.tag, str) and one.tag.lower().startswith(_BEGINNINGS)
        for one in division.iterdescendants()
    )


def _wrap_text(division: HtmlElement) -> None:
    """Put each text directly in a division into a paragraph, and drop the line breaks between them."""
    children = list(division)
    if division.text and division.text.strip():
        text, division.text = division.text, None
        division.insert(0, _paragraph(division, text))
    for child in reversed(children):
        if child.tail and child.tail.strip():
            text, child.tail = child.tail, None
            child.addnext(_paragraph(division, text))
        if child.tag == "br":
            child.drop_tree()


def _paragraph(division: HtmlElement, text: str) -> HtmlElement:
    paragraph = division.makeelement("p")
    paragraph.text = text
    return paragraph
