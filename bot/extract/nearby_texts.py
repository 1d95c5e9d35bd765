"""The texts before and after an element, nearest first, without those of scripts and style sheets.

The axes `preceding` and `following` of XPath give the same, but only with all others up to the page's end.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree
from lxml.html import HtmlElement

TextNode = tuple[str, HtmlElement]
"""A text that is not blank, and the element that it is directly in."""
_NOT_TEXT = frozenset({"script", "style"})
_BLANK = " \t\r\n"
"""What `normalize-space` of XPath removes; a no-break space is text."""


def texts_after(element: HtmlElement) -> Iterator[TextNode]:
    """The texts behind the end of an element, in the order of the page."""
    node = element
    while (parent := node.getparent()) is not None:
        if _is_text(node.tail, parent):
            yield node.tail, parent
        following = node.getnext()
        if following is None:
            node = parent
        else:
            yield from _texts_inside(following)
            node = following


def texts_before(element: HtmlElement) -> Iterator[TextNode]:
    """The texts before the start of an element, the last of them first."""
    node = element
    while (parent := node.getparent()) is not None:
        previous = node.getprevious()
        if previous is None:
            text, node = parent.text, parent
        else:
            if _is_text(previous.tail, parent):
                yield previous.tail, parent
            while len(previous):
                last = previous[-1]
                if _is_text(last.tail, previous):
                    yield last.tail, previous
                previous = last
            text, node = previous.text, previous
        if _is_text(text, node):
            yield text, node


def _texts_inside(element: HtmlElement) -> Iterator[TextNode]:
    for event, node in etree.iterwalk(element, events=("start", "end")):
        if event == "start":
            if _is_text(node.text, node):
                yield node.text, node
        elif node is not element and _is_text(node.tail, node.getparent()):
            yield node.tail, node.getparent()


def _is_text(text: str | None, parent: HtmlElement) -> bool:
    return bool(text and text.strip(_BLANK)) and parent.tag not in _NOT_TEXT
