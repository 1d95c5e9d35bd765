"""Put declarative shadow roots into the tree, as browsers show them.

The content of `<template shadowrootmode>` is shown in place of the children of its parent. Where the content
has a `<slot>`, those of these children appear that belong into it; others do not appear at all.
https://html.spec.whatwg.org/multipage/scripting.html#attr-template-shadowrootmode
"""

from __future__ import annotations

from lxml import etree
from lxml.html import HtmlElement

_SLOTS = etree.XPath(".//slot")


def open_shadow_roots(root: HtmlElement) -> None:
    """Change the tree in place."""
    # from the innermost outwards, so that each slot is filled before its own root is moved
    for template in reversed(list(root.iter("template"))):
        mode = (template.get("shadowrootmode") or template.get("shadowroot") or "").strip().lower()
        host = template.getparent()
        if host is not None and mode in ("open", "closed"):
            _open(host, template)


def _open(host: HtmlElement, template: HtmlElement) -> None:
    light = [child for child in host if child is not template]
    light_text = " ".join(filter(None, (host.text, template.tail))).strip()
    for child in list(host):
        host.remove(child)
    host.text = template.text
    host.extend(list(template))
    for slot in _SLOTS(host):
        name = slot.get("name", "")
        assigned = [child for child in light if child.get("slot", "") == name]
        text = "" if name else light_text
        if assigned or text:
            for child in list(slot):
                slot.remove(child)
            slot.text = text or None
            slot.extend(assigned)
            light = [child for child in light if child not in assigned]
            light_text = light_text if name else ""
        slot.drop_tag()
