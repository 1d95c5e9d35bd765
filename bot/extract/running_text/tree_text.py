"""Read and replace text around elements."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from lxml import etree
from lxml.html import HtmlElement

_TEXT = etree.XPath("string()", smart_strings=False)
_WITH_MARK = etree.XPath("descendant-or-self::*/text()[contains(., $mark)]")
INLINE = frozenset(
    (
        *("a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i"),
        *("ins", "kbd", "mark", "q", "s", "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var"),
    )
)
PARAGRAPHS = frozenset(("p", "li", "dd", "dt", "td", "th", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"))


def text_of(element: HtmlElement) -> str:
    """The text of an element with single spaces."""
    return " ".join("".join(element.itertext()).split())


def text_before(element: HtmlElement) -> str:
    """The text before an element in its paragraph, as far back as one element with text."""
    one = element
    while True:
        before = one.getprevious()
        while before is not None:
            text = (before.tail or "") or "".join(before.itertext())
            if text:
                return text
            before = before.getprevious()
        parent = one.getparent()
        if parent is None:
            return ""
        if parent.text:
            return str(parent.text)
        if parent.tag not in INLINE:
            return ""
        one = parent


def text_after(element: HtmlElement) -> str:
    """The text that follows an element directly."""
    one = element
    while not one.tail:
        following = one.getnext()
        if following is not None:
            return "".join(following.itertext())
        parent = one.getparent()
        if parent is None or parent.tag not in INLINE:
            return ""
        one = parent
    return str(one.tail)


def replace(element: HtmlElement, text: str) -> None:
    """Replace an element by text; its tail stays."""
    if element.getparent() is None:
        return
    for child in list(element):
        element.remove(child)
    element.text = text
    element.drop_tag()


def change_texts(
    root: HtmlElement, marks: Iterable[str], change: Callable[[str], str], *, skipped: Collection[str]
) -> None:
    """Change the runs of text that contain one of the marks, except those anywhere in a skipped tag."""
    whole = _TEXT(root)  # most pages have none of the marks, and this is much faster than the search
    found = [text for mark in marks if mark in whole for text in _WITH_MARK(root, mark=mark)]
    for element, is_tail in {(text.getparent(), text.is_tail) for text in found}:
        holder = element.getparent() if is_tail else element
        if holder.tag in skipped or next(holder.iterancestors(*skipped), None) is not None:
            continue
        if is_tail:
            element.tail = change(element.tail)
        else:
            element.text = change(element.text)


def is_in_running_text(element: HtmlElement) -> bool:
    """Whether an inline element has text of its paragraph before or after it."""
    return any(character.isalnum() for character in text_before(element) + text_after(element))
