"""Parsers for readers that parse a page themselves, with one class for all elements.

The parsers of lxml.html ask a Python function for the class of each element, which takes up to a tenth of the
time of these readers. The classes that they choose have methods for forms, which no reader uses.
"""

from __future__ import annotations

from lxml import etree, html

_CLASSES = etree.ElementDefaultClassLookup(
    element=html.HtmlElement,
    comment=html.HtmlComment,
    pi=html.HtmlProcessingInstruction,
    entity=html.HtmlEntity,
)


def one_class_parser(encoding: str | None = None) -> html.HTMLParser:
    """A parser with the defaults of lxml.html, for text or for bytes in an encoding."""
    parser = html.HTMLParser(encoding=encoding)
    parser.set_element_class_lookup(_CLASSES)
    return parser
