"""Remove the elements that a person does not see on the screen.

No reader removes hidden text, and hidden text is often meant for machines only. Recognised are elements that
browsers never show, the attributes `hidden`, `aria-hidden`, `inert` and `popover`, class names that sites use
for the text of screen readers, and what the styles inside the page make invisible (`bot.extract.css`). Where
it is in doubt whether a long run of prose is visible, it stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from lxml import etree
from lxml.html import HtmlElement

from bot.extract.css.invisible import FADING
from bot.extract.css.page_styles import PageStyles
from bot.extract.doubtful_prose import continues_visible_prose, fades_in, text_length, whole_page_elements
from bot.extract.html_tree import elements_with_class
from bot.extract.streamed_segments import move_streamed_segments

_SCREEN_READER_CLASS = re.compile(
    r"(?:^|\s)(?:sr-only|visually-?hidden|screen-reader-(?:text|only)|screenreader|u-hidden-visually|d-none)(?:\s|$)",
    re.IGNORECASE,
)
_SCREEN_READER_KEYWORDS = ("sr-only", "hidden", "screen", "d-none")
_SHOWN_WHEN_WIDE = re.compile(r"(?:^|\s)d-(?:\w\w-)?(?:block|flex|inline|grid|table)", re.IGNORECASE)

_NEVER_SHOWN = (
    *("script", "style", "template", "link", "svg", "iframe", "object", "noembed", "noframes", "meter"),
    "progress",
)
_NO_SCRIPT = etree.XPath("/descendant::noscript")
_WITH_HIDING_ATTRIBUTE = etree.XPath("(//@hidden | //@inert | //@popover | //@aria-hidden)/parent::*")
_CONTROLLED = etree.XPath("/descendant::*/@aria-controls", smart_strings=False)
_IS_TOGGLE = etree.XPath("boolean(descendant-or-self::*[@aria-expanded or @role='button'])")
_HEADINGS = ("h2", "h3", "h4", "h5", "h6")
_ACCORDION_CLASS = re.compile(r"accordion|faq|collaps|toggle|expand|answer", re.IGNORECASE)
_CLOSED = frozenset({"display", "size"})
"""Properties that hide the closed part of an accordion."""
_PANELS = frozenset({"region", "tabpanel"})
_PAGE_CHROME = ("nav", "header", "footer", "form")
_ROOTS = frozenset({"html", "body", "head"})
_WHOLE_PAGE_SHARE = 0.5


def strip_hidden(root: HtmlElement, class_attributes: AbstractSet[str]) -> None:
    """Remove hidden elements from the tree in place; the text that follows them stays."""
    styles = PageStyles(root, class_attributes=class_attributes)
    styled = list(styles.hidden_elements())
    move_streamed_segments(root)
    by_attribute = list(_hidden_by_attribute(root, styles))
    closed = [
        element
        for element in root.iter("dialog", "input")
        if (element.get("type") == "hidden" if element.tag == "input" else "open" not in element.attrib)
    ]
    etree.strip_elements(root, *_NEVER_SHOWN, with_tail=False)
    for element in closed:
        _remove(element)
    page_length = text_length(root)
    for element in _NO_SCRIPT(root):
        if (
            text_length(element) > _WHOLE_PAGE_SHARE * page_length
        ):  # the page itself, for visitors without scripts
            element.drop_tag()
        else:
            _remove(element)
    controlled = set(" ".join(_CONTROLLED(root)).split())
    found = [
        (element, reason)
        for element, reason in [*by_attribute, *_hidden_by_class(root, class_attributes), *styled]
        if element.tag not in _ROOTS and not _is_openable(element, reason, controlled)
    ]
    whole_page = whole_page_elements((one for one, reason in found if reason != "hidden"), page_length)
    for element, reason in found:
        if reason == "hidden" or not (element in whole_page or _is_doubtful(element, reason, styles)):
            _remove_hidden(element, reason, styles)


def _hidden_by_attribute(root: HtmlElement, styles: PageStyles) -> Iterator[tuple[HtmlElement, str]]:
    for element in _WITH_HIDING_ATTRIBUTE(root):
        attributes = element.attrib
        if "hidden" in attributes or "popover" in attributes:
            if not styles.shows(element):
                yield element, "hidden"
        elif "inert" in attributes or attributes.get("aria-hidden", "").strip().lower() == "true":
            yield element, "aria-hidden"


def _hidden_by_class(
    root: HtmlElement, class_attributes: AbstractSet[str]
) -> Iterator[tuple[HtmlElement, str]]:
    hiding = {
        value
        for value in class_attributes
        if any(map(value.__contains__, _SCREEN_READER_KEYWORDS)) and _is_screen_reader_class(value)
    }
    yield from ((element, "class") for element in elements_with_class(root, hiding))


def _is_screen_reader_class(names: str) -> bool:
    return bool(_SCREEN_READER_CLASS.search(names)) and not _SHOWN_WHEN_WIDE.search(names)


def _is_openable(element: HtmlElement, reason: str, controlled: set[str]) -> bool:
    """Whether a visitor can open the element with a click, for example an accordion or a tab."""
    if element.get("role") in _PANELS and ("aria-labelledby" in element.attrib or reason in _CLOSED):
        return True
    if element.get("id") in controlled:
        return element.tag not in _PAGE_CHROME and next(element.iterancestors(*_PAGE_CHROME), None) is None
    before = element.getprevious()
    if before is None:
        return False
    return bool(_IS_TOGGLE(before)) or (
        reason in _CLOSED
        and next(before.iter(*_HEADINGS), None) is not None
        and any(_ACCORDION_CLASS.search(one.get("class", "")) for one in (element, element.getparent()))
    )


def _is_doubtful(element: HtmlElement, reason: str, styles: PageStyles) -> bool:
    if reason == "aria-hidden":
        return continues_visible_prose(element)
    return reason in FADING and fades_in(element, styles.style_of(element, "motion"))


def _remove_hidden(element: HtmlElement, reason: str, styles: PageStyles) -> None:
    """Remove the element, except the parts that are visible again."""
    visible = styles.visible_parts(element, reason)
    if not visible:
        _remove(element)
        return
    kept = {ancestor for one in visible for ancestor in (one, *one.iterancestors())}
    for one in [element, *(one for one in element.iterdescendants() if one in kept)]:
        if not any(ancestor in visible for ancestor in (one, *one.iterancestors())):
            one.text = None
            for child in list(one):
                child.tail = None
                if child not in kept:
                    _remove(child)


def _remove(element: HtmlElement) -> None:
    """Like `drop_tree`, but accepts an element whose ancestor was already removed."""
    if element.getparent() is not None:
        element.drop_tree()
