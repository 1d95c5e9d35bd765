"""The text of a page as newspaper3k finds it, without the rest of its `Article.parse`.

That also looks for authors, dates, videos and pictures, which takes a third of its time. Here its classes
for the text run alone, with a parser that finds the same elements in less time.
"""

from __future__ import annotations

import re
import string
from functools import cache
from typing import Any

from lxml import etree
from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement, fromstring

from bot.core.empty_modules import deferred_module, empty_module
from bot.extract.readers.element_class import one_class_parser

with (  # newspaper3k needs these for pictures, dates, feeds and requests; they take 0.15 s and 15 MB
    empty_module("PIL", Image=None, ImageFile=None),
    deferred_module("bs4", "BeautifulSoup", "UnicodeDammit"),
    deferred_module("dateutil.parser", "parse"),
    deferred_module("feedparser"),
    deferred_module("requests"),
    deferred_module("tldextract.tldextract"),
):
    from newspaper.cleaners import DocumentCleaner
    from newspaper.configuration import Configuration
    from newspaper.extractors import ContentExtractor
    from newspaper.outputformatters import OutputFormatter
    from newspaper.parsers import Parser
    from newspaper.text import StopWords
    from newspaper.utils import get_available_languages

_PARSER = one_class_parser()
_PUNCTUATION = str.maketrans("", "", string.punctuation)
_ATTRIBUTE_TEST = re.compile(r"//\*\[re:test\(@(\w+), '(.*)', 'i'\)\]")


@cache
def available_languages() -> frozenset[str]:
    """The languages that newspaper3k has stop words for. It would list a folder for each question."""
    return frozenset(get_available_languages())


def newspaper_text(html: str, language: str) -> str:
    """The text of a page. Raises any exception for a page that newspaper3k cannot read."""
    config = _Configuration()
    config.set_language(language)
    extractor = ContentExtractor(config)
    tree = DocumentCleaner(config).clean(_FastParser.fromstring(html))
    top = extractor.calculate_best_node(tree)
    if top is None:
        return ""
    text, _ = OutputFormatter(config).get_formatted(extractor.post_cleanup(top))
    return str(text[: config.MAX_TEXT])


class _FastParser(Parser):  # type: ignore[misc]
    """Finds the same elements as newspaper3k's parser, in the same order."""

    @classmethod
    def fromstring(cls, html: str) -> HtmlElement | None:
        if html.startswith("<?"):
            return super().fromstring(html)
        try:
            return fromstring(html, parser=_PARSER)
        except Exception:  # noqa: BLE001 (the original catches all, too)
            return None

    @classmethod
    def xpath_re(cls, node: HtmlElement, expression: str) -> list[HtmlElement]:
        """The elements with an attribute that a pattern matches. The original calls Python for each one."""
        found = _ATTRIBUTE_TEST.fullmatch(expression)
        if found is None:
            return list(super().xpath_re(node, expression))
        name, search = found[1], re.compile(found[2], re.IGNORECASE).search
        values = {value for value in set(_attribute_values(name)(node)) if search(value)}
        if not values:
            return []
        return [element for element in _elements_with(name)(node) if element.get(name) in values]

    @classmethod
    def getElementsByTag(  # noqa: N802 (named by newspaper3k)
        cls, node: HtmlElement, tag: str | None = None, attr: str | None = None, **options: Any
    ) -> list[HtmlElement]:
        if tag is None or attr is not None or options:
            return list(super().getElementsByTag(node, tag, attr, **options))
        return list(node.iterdescendants(tag))

    @classmethod
    def getElementsByTags(cls, node: HtmlElement, tags: list[str]) -> list[HtmlElement]:  # noqa: N802
        return list(node.iterdescendants(*tags))

    @classmethod
    def css_select(cls, node: HtmlElement, selector: str) -> list[HtmlElement]:
        return list(_css_selector(selector)(node))


class _Configuration(Configuration):  # type: ignore[misc]
    @staticmethod
    def get_parser() -> type[Parser]:
        return _FastParser

    @staticmethod
    def get_stopwords_class(language: str) -> type[StopWords]:
        kind = Configuration.get_stopwords_class(language)
        return _FastStopWords if kind is StopWords else kind


class _FastStopWords(StopWords):  # type: ignore[misc]
    """Makes the table of punctuation once, not for each text."""

    def remove_punctuation(self, content: str) -> str:
        return content.translate(_PUNCTUATION)


@cache
def _attribute_values(name: str) -> etree.XPath:
    return etree.XPath(f"//@{name}", smart_strings=False)


@cache
def _elements_with(name: str) -> etree.XPath:
    return etree.XPath(f"//*[@{name}]")


@cache
def _css_selector(selector: str) -> CSSSelector:
    return CSSSelector(selector, translator="html")
