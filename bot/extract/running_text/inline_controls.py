"""Keep sentences whole that have a button or a label in them, and quotations that are in a figure."""

from __future__ import annotations

from collections.abc import Iterator

from lxml.html import HtmlElement

from bot.extract.running_text.tree_text import INLINE, PARAGRAPHS, text_after, text_before

_PICTURES = ("img", "picture", "video", "table")


def open_inline_controls(root: HtmlElement) -> None:
    """Turn buttons and labels within a sentence into text, and figures with a quotation into blocks."""
    for control in [one for one in root.iter("label", "button") if not _has(one.iterancestors("form"))]:
        parent = control.getparent()
        if parent is not None and parent.tag in PARAGRAPHS | INLINE and _is_in_sentence(control):
            _set_apart(control)
            control.drop_tag()
    for figure in list(root.iter("figure")):
        if _has(figure.iterdescendants("blockquote")) and not _has(figure.iterdescendants(*_PICTURES)):
            figure.tag = "div"


def _set_apart(control: HtmlElement) -> None:
    """Put spaces where only the edges of a control keep two words apart."""
    text = "".join(control.itertext())
    if text_before(control)[-1:].isalnum() and text[:1].isalnum():
        control.text = f" {control.text or ''}"
    if text[-1:].isalnum() and text_after(control)[:1].isalnum():
        control.tail = f" {control.tail or ''}"


def _has(elements: Iterator[HtmlElement]) -> bool:
    return next(elements, None) is not None


def _is_in_sentence(control: HtmlElement) -> bool:
    before, after = text_before(control).strip(), text_after(control).strip()
    return any(map(str.isalpha, before)) or after[:1].islower()
