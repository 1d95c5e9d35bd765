"""Remove what a person does not read as part of a sentence: struck-out words, readings, bubbles and notes."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

from lxml import etree
from lxml.html import HtmlElement

from bot.extract.html_tree import elements_with_class
from bot.extract.running_text.tree_text import (
    PARAGRAPHS,
    is_in_running_text,
    text_after,
    text_before,
    text_of,
)

_UNREAD = ("del", "s", "strike", "rt", "rp", "rtc")
_WITH_ROLE = etree.XPath("/descendant::*/@role[. = 'note' or . = 'doc-footnote' or . = 'tooltip']/..")
_STRUCK = re.compile(
    r"(?:^|\s)(?:strike|strikethrough|strike-through|line-through|struck(?:-out)?)(?:\s|$)", re.IGNORECASE
)
_NOTE = re.compile(
    r"(?:^|[\s_-])(?:footnote|foot-note|endnote|sidenote|side-note|marginnote|margin-note|margin-toggle"
    r"|inline-?note|tooltip-?(?:text|content|body|inner)?|tool-tip|popover-?(?:content|body)?|bubble|hover-?card"
    r"|annotation|glossary-?(?:definition|tooltip)|definition-?(?:popup|text))(?:$|[\s_-])",
    re.IGNORECASE,
)
_KEYWORDS = ("note", "tip", "popover", "bubble", "card", "annotation", "glossary", "definition")
_STRUCK_KEYWORDS = ("strike", "struck", "line-through")
"""Names that match the expressions have one of these words, which is faster to find."""
_TRIGGER = re.compile(
    r"trigger|toggle|target|has-|with-|link|ref\b|term|anchor|wrapper|container|host|marker", re.IGNORECASE
)
_BUBBLE = re.compile(r"tool-?tip|popover|bubble|hover-?card|annotation", re.IGNORECASE)
_TRIGGER_ATTRIBUTES = frozenset({"title", "aria-describedby", "aria-label", "tabindex", "href"})
_INLINE_NOTES = frozenset(("span", "small", "aside", "i", "em", "label", "div", "sup", "button", "mark"))
_WORD = re.compile(r"[^\W\d_]{2}")
_MAX_SHARE = 0.25
"""An element with a larger share of the page's text was not closed where it should have been."""


def remove_notes(root: HtmlElement, class_attributes: AbstractSet[str]) -> None:
    """Remove them from the tree in place; the text that follows stays."""
    named = elements_with_class(root, set(filter(_names_note, class_attributes)))
    with_role = _WITH_ROLE(root)
    tooltips = [one for one in with_role if one.get("role") == "tooltip"]
    found = [*root.iter(*_UNREAD), *tooltips, *filter(_is_named_note, [*named, *with_role])]
    limit = _MAX_SHARE * len("".join(root.itertext())) if found else 0
    for element in found:
        if element.getparent() is not None:
            if len("".join(element.itertext())) > max(limit, 500):
                element.drop_tag()
            else:
                _remove(element)


def _remove(element: HtmlElement) -> None:
    """Remove an element. Words that only the space in it kept apart stay apart."""
    text = "".join(element.itertext())
    if (
        (text[:1].isspace() or text[-1:].isspace())
        and text_before(element)[-1:].isalnum()
        and text_after(element)[:1].isalnum()
    ):
        element.tail = f" {element.tail or ''}"
    element.drop_tree()


def _names_note(names: str) -> bool:
    lower = names.lower()
    return any(map(lower.__contains__, (*_KEYWORDS, "margin-toggle", *_STRUCK_KEYWORDS))) and bool(
        _NOTE.search(names) or _STRUCK.search(names)
    )


def _is_named_note(element: HtmlElement) -> bool:
    names = element.get("class", "")
    if _STRUCK.search(names):
        return bool(element.tag in _INLINE_NOTES)
    if not (_NOTE.search(names) or element.get("role") in ("note", "doc-footnote")):
        return False
    if element.tag not in _INLINE_NOTES or next(element.iterancestors(*PARAGRAPHS), None) is None:
        return False
    if any(_NOTE.search(inner.get("class", "")) for inner in element.iterdescendants()):
        return False  # the inner one is the note
    return is_in_running_text(element) and not _is_trigger(element, names)


def _is_trigger(element: HtmlElement, names: str) -> bool:
    """Whether the element is the word that a note belongs to."""
    if _TRIGGER.search(names.replace("margin-toggle", "")):
        return True
    if element.tag == "button" and _WORD.search(text_of(element)):
        return True  # a number or a sign opens the note of the words before it; words are part of the text
    if not _BUBBLE.search(names):
        return False
    if any(name in _TRIGGER_ATTRIBUTES or name.startswith("data-") for name in element.attrib):
        return True
    text, before = text_of(element), text_before(element)
    apart = not before or before[-1:].isspace()
    return apart and " " not in text and not text.endswith((".", "!", "?", "。"))
