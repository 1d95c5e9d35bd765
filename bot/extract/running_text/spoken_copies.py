"""Of words that are there twice, for the eye and for screen readers, keep those for the eye."""

from __future__ import annotations

import re

from lxml import etree
from lxml.html import HtmlElement

from bot.extract.running_text.tree_text import INLINE, is_in_running_text, text_of

_ARIA_HIDDEN = etree.XPath("/descendant::*/@aria-hidden/..")
_SCREEN_READER = re.compile(r"sr-only|visually-?hidden|screen-?reader|u-hidden-visually|a11y", re.IGNORECASE)
_MAX_WORDS = 3


def keep_visible_copies(root: HtmlElement) -> None:
    """Show a few words within a sentence that only screen readers skip, and remove their spoken copy.

    They are on the screen: the letters of a drop cap, a number, a score.
    """
    for element in _ARIA_HIDDEN(root):
        if element.tag not in INLINE or element.get("aria-hidden", "").strip().lower() != "true":
            continue
        text = text_of(element)
        if not any(map(str.isalnum, text)) or len(text.split()) > _MAX_WORDS:
            continue
        parent = element.getparent()
        if parent is None:  # it was part of a copy
            continue
        copies = [one for one in parent if _SCREEN_READER.search(one.get("class", ""))]
        if copies or (parent.tag in ("p", *INLINE) and is_in_running_text(element)):
            del element.attrib["aria-hidden"]
            for copy in copies:
                if copy.getparent() is not None:
                    copy.drop_tree()
