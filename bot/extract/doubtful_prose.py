"""Decide which prose stays although something seems to hide it.

Pages hide their own text until a script has run: whole articles, paragraphs that fade in when a reader gets
to them, paragraphs behind a paywall. Losing an article is worse than keeping a doubtful paragraph.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from lxml import etree
from lxml.html import HtmlElement

from bot.extract.word_count import tokenize

_STRING_LENGTH = etree.XPath("string-length(normalize-space(.))")
_TEXT_OUTSIDE_LINKS = etree.XPath("descendant::text()[not(ancestor::a)]", smart_strings=False)
_WHOLE_PAGE_SHARE = 0.5
"""Elements with a larger share of the text are the page itself, hidden until its scripts have run."""
_MIN_PROSE_WORDS = 20
_SENTENCE_END = re.compile(r"[.!?…。！？।؟](?:\s|$|[\"'”’»」)])")
_PARAGRAPHS = frozenset({"p", "div", "section", "blockquote", "ul", "ol", "li", "span"})
_TRANSITIONS = ("transition", "transition-property", "transition-duration", "animation-name")
_FADE_NAME = re.compile(
    r"(?:^|[\s_-])(?:aos|wow|animat\w*|reveal\w*|fade\w*|lazy\w*|invisible|in-?view|on-?scroll)(?:$|[\s_-])",
    re.IGNORECASE,
)
_PAGE_CHROME = re.compile(
    r"nav|menu|modal|dialog|popup|overlay|drawer|cookie|consent|banner|sidebar|carousel|slide|tooltip|share",
    re.IGNORECASE,
)


def text_length(element: HtmlElement) -> int:
    return int(_STRING_LENGTH(element))


def is_prose(element: HtmlElement) -> bool:
    """Whether the element has a run of at least 20 words outside links, with the end of a sentence."""
    text = "".join(_TEXT_OUTSIDE_LINKS(element))
    return len(tokenize(text)) >= _MIN_PROSE_WORDS and bool(_SENTENCE_END.search(text))


def whole_page_elements(elements: Iterable[HtmlElement], page_length: int) -> set[HtmlElement]:
    """Those of the elements that are the page itself, alone or with others that have the same classes.

    `page_length` is the number of characters of the page's text.
    """
    groups: dict[tuple[str, str], list[HtmlElement]] = defaultdict(list)
    for element in elements:
        group = groups[str(element.tag), element.get("class", "")]
        if not group or group[-1] not in element.iterancestors():
            group.append(element)
    return {
        element
        for group in groups.values()
        if sum(map(text_length, group)) > _WHOLE_PAGE_SHARE * page_length
        for element in group
    }


def fades_in(element: HtmlElement, style: Mapping[str, str]) -> bool:
    """Whether the element is prose that a script or an animation shows step by step."""
    names = [name for name in element.keys() if name.startswith("data-")]  # noqa: SIM118
    named = " ".join([element.get("class", ""), *names])
    animated = any(name in style for name in _TRANSITIONS) or bool(_FADE_NAME.search(named))
    return animated and is_prose(element)


def continues_visible_prose(element: HtmlElement) -> bool:
    """Whether an element that only screen readers skip is a paragraph among visible paragraphs.

    A paywall's script sets `aria-hidden` on the paragraphs that it hides. Without it they are on the screen.
    """
    if element.tag not in _PARAGRAPHS or not is_prose(element):
        return False
    if _PAGE_CHROME.search(f"{element.get('class', '')} {element.get('id', '')} {element.get('role', '')}"):
        return False
    return any(
        "aria-hidden" not in sibling.attrib and sibling.tag == "p" and is_prose(sibling)
        for sibling in _siblings(element)
    )


def _siblings(element: HtmlElement) -> Iterator[HtmlElement]:
    yield from element.itersiblings(preceding=True)
    yield from element.itersiblings()
