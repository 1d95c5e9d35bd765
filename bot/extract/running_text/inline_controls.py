"""Keep sentences whole that have a button or a label in them, and quotations that are in a figure."""

from __future__ import annotations

from lxml import etree
from lxml.html import HtmlElement

from bot.extract.running_text.tree_text import INLINE, PARAGRAPHS, text_after, text_before

_CONTROLS = etree.XPath("//label[not(ancestor::form)] | //button[not(ancestor::form)]")
_QUOTE_FIGURES = etree.XPath("//figure[.//blockquote][not(.//img or .//picture or .//video or .//table)]")


def open_inline_controls(root: HtmlElement) -> None:
    """Turn buttons and labels within a sentence into text, and figures with a quotation into blocks."""
    for control in _CONTROLS(root):
        parent = control.getparent()
        if parent is not None and parent.tag in PARAGRAPHS | INLINE and _is_in_sentence(control):
            control.drop_tag()
    for figure in _QUOTE_FIGURES(root):
        figure.tag = "div"


def _is_in_sentence(control: HtmlElement) -> bool:
    before, after = text_before(control).strip(), text_after(control).strip()
    return any(map(str.isalpha, before)) or after[:1].islower()
