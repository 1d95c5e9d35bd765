"""Put the parts of a page that a server sent late where React's scripts would put them."""

from __future__ import annotations

import re

from lxml import etree
from lxml.html import HtmlElement

_SCRIPTS = etree.XPath("/descendant::script/text()", smart_strings=False)
_SEGMENTS = etree.XPath("//*[@hidden and starts-with(@id, 'S:')]")
_MOVES = re.compile(r'\$R[A-Z]\("([BS]:\w+)",\s*"([SP]:\w+)"')


def move_streamed_segments(root: HtmlElement) -> None:
    """Move each hidden segment to its placeholder, and show it."""
    placeholders = {
        name: element
        for element in root.iter("template")
        if (name := element.get("id", "")).startswith(("B:", "P:"))
    }
    if not placeholders:
        return
    segments = {element.get("id"): element for element in _SEGMENTS(root)}
    moves = {
        segment: mark for pair in _MOVES.findall(" ".join(_SCRIPTS(root))) for mark, segment in [sorted(pair)]
    }
    for name, segment in segments.items():
        number = name[2:]
        mark = placeholders.get(
            moves.get(name, ""), placeholders.get(f"B:{number}", placeholders.get(f"P:{number}"))
        )
        if mark is not None and mark.getparent() is not None and segment not in mark.iterancestors():
            segment.attrib.pop("hidden", None)
            mark.addnext(segment)
