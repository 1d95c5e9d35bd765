"""The authors that the visible text of a page names: bylines, labels such as "By", links to authors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from lxml import etree
from lxml.html import HtmlElement

from bot.extract.meta_tags import one_line
from bot.extract.page_elements import PageElements
from bot.extract.person_names import JOB, LABEL, MAX_AUTHORS, NAMES, clean_name
from bot.extract.word_count import WORD

_OUTSIDE = (
    "not(ancestor::form or ancestor::figure or ancestor::nav or ancestor::footer[not(ancestor::article)])"
)
# It ends at the attributes: the step to the parents of n attributes takes time that is quadratic in n.
# There are few `contains`, because each takes a copy of the attribute.
_MAYBE_BYLINES = etree.XPath(
    "//@class[contains(., 'uthor') or contains(., 'yline') or contains(., 'tor-name')]"
    " | //@rel[. = 'author'] | //@itemprop[. = 'author'] | //@data-testid[contains(., 'author')]"
)
_BYLINE_CLASSES = ("author", "Author", "byline", "Byline", "creator-name", "contributor-name")
_IS_OUTSIDE = etree.XPath(f"boolean(self::*[{_OUTSIDE}])")
_LABEL = re.compile(
    r"\s*(?:(?:this|the)\s+)?(?:(?:article|post|story|words|text)\s+)?(?:(?:was|is)\s+)?"
    r"(?:(?:written|posted|published|reviewed)\s+)?by(?:\s*:|\s|$)"
    r"|\s*(?:Von|Par|Por|Di|Door|Af|Av)(?:\s*:|\s|$)"
    r"|\s*(?:authors?|author\(s\)|contributors?|autor(?:in|inn?en|es|as|a)?|auteur(?:e|s|es)?|autor[ei]|auteurs?|"
    r"автор(?:ы)?|redacción|redakteur(?:in)?)\s*(?::|$)",
    re.IGNORECASE,
)
_AUTHOR_LINKS = etree.XPath("//body//a[contains(@href, '/author/') or contains(@href, '/authors/')]")
_IS_AUTHOR_LINK = etree.XPath(
    "boolean(ancestor-or-self::a"
    "[@rel = 'author' or contains(@href, '/author/') or contains(@href, '/authors/')])"
)
_NAME_CLASS = re.compile(r"author[-_]{0,2}name\b|creator-name\b", re.IGNORECASE)
_MAX_LABELLED_WORDS = 6
_MAX_ELEMENTS = 12
_MAX_CHECKED = 200
_MAX_BYLINE = 200
_COMMENT_CLASS = re.compile(
    r"(?:^|[\s_-])(?:comments?|reply|replies|respond|related)(?:$|[\s_-])", re.IGNORECASE
)
_REST = re.compile(
    r"\s*(?:[|•·–—/\n]|,| - |\b(?:in|on|updated|published|is|has|writes)\b|\d).*$", re.IGNORECASE | re.DOTALL
)
_CONNECTOR = re.compile(r"(?:and|und|et|y|e|en|och|og|i|и|та|&|,|with)(?:\s+(?:by|von|par))?", re.IGNORECASE)


def visible_authors(elements: PageElements) -> Iterator[tuple[str, bool]]:
    """What may be the names of the authors, the most certain first, and whether they look like persons'."""
    for element in _first_outside(list(islice(_bylines(elements.root), _MAX_CHECKED))):
        if not _is_in_comments(element):
            name = _byline_name(element.itertext())
            if NAMES.fullmatch(name):
                yield name, True
            elif _is_labelled(element):
                yield clean_name(one_line(element.text_content())), False
    yield from ((name, True) for name in _names_after_labels(elements.texts))
    linked = _names_of_author_links(elements)
    if len(linked) == 1:  # several are the authors of other articles
        yield linked.pop(), True


def _bylines(root: HtmlElement) -> Iterator[HtmlElement]:
    """The elements whose attributes say that they name the author."""
    for value in _MAYBE_BYLINES(root):
        if value.attrname != "class" or any(map(value.__contains__, _BYLINE_CLASSES)):
            yield value.getparent()


def _first_outside(elements: list[HtmlElement]) -> Iterator[HtmlElement]:
    """The first elements outside forms, figures, menus and the footer of the page."""
    return islice(filter(_IS_OUTSIDE, dict.fromkeys(elements[:_MAX_CHECKED])), _MAX_ELEMENTS)


def names_are_visible(elements: PageElements, names: str) -> bool:
    """Whether the visible text has the first of these names."""
    text = " ".join(elements.texts)
    first = names.split(",")[0]
    return first in text or " ".join(first.casefold().split()) in " ".join(text.casefold().split())


def _is_labelled(element: HtmlElement) -> bool:
    """Whether an element says that its text is the author, so that it needs no capitals: "by ibby"."""
    text = one_line(element.text_content()[: 2 * _MAX_BYLINE])
    named = bool(_NAME_CLASS.search(element.get("class", ""))) or bool(_LABEL.match(text))
    return named and len(WORD.findall(text)) <= _MAX_LABELLED_WORDS and not any(map(str.isdigit, text))


def _names_after_labels(texts: list[Any]) -> Iterator[str]:
    """The names after "By", "Author" and the like, in the same text or in the next element."""
    starts = ((at, found) for at, text in enumerate(texts) if (found := _LABEL.match(text)))
    for at, label in islice(starts, _MAX_ELEMENTS):
        parent = texts[at].getparent()
        if _IS_OUTSIDE(parent) and not _is_in_comments(parent):
            name = _byline_name((texts[at][label.end() :], *texts[at + 1 : at + MAX_AUTHORS]))
            if NAMES.fullmatch(name):
                yield name
            elif not texts[at][label.end() :].strip() and texts[at + 1 : at + 2]:
                yield from _name_of_account(texts[at + 1])


def _name_of_account(text: Any) -> Iterator[str]:
    """The one word after a label that is a link to an author's page: "by <a href=/author/ibby>ibby</a>"."""
    if _IS_AUTHOR_LINK(text.getparent()) and len(text.split()) == 1:
        yield one_line(text)


def _names_of_author_links(elements: PageElements) -> set[str]:
    links = (link for link in _first_outside(_AUTHOR_LINKS(elements.root)) if not _is_in_comments(link))
    return {name for link in links if NAMES.fullmatch(name := clean_name(one_line(link.text_content())))}


def _is_in_comments(element: HtmlElement) -> bool:
    around = (one for one in (element, *element.iterancestors()) if one.tag not in ("body", "html"))
    return any(_COMMENT_CLASS.search(one.get("class", "")) for one in around)


def _byline_name(pieces: Iterable[str]) -> str:
    """The names at the start of a byline; its pieces are elements, so "Jane Roe" and "Editor" stay apart."""
    texts: list[str] = []
    for text in pieces:
        if text.strip():
            texts.append(one_line(text))
        if len(texts) > MAX_AUTHORS or sum(map(len, texts)) > _MAX_BYLINE:
            break
    names: list[str] = []
    is_joined = True
    for text in texts:
        if _CONNECTOR.fullmatch(text.strip()):
            is_joined = True
            continue
        name = clean_name(_REST.sub("", LABEL.sub("", text))).strip(" ,")
        if not name:
            continue
        if not is_joined or JOB.match(name) or not name[:1].isupper():
            break
        names.append(name)
        is_joined = text.rstrip().endswith((",", " and", " &"))
    return ", ".join(names)
