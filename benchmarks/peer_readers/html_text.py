"""The text of the HTML that a peer returns."""

from __future__ import annotations

from bot.extract.blocks import split_blocks
from bot.extract.html_tree import parse_html


def text_of_html(html: str) -> str:
    """The text of each block on a line of its own, so that words of two blocks are not joined."""
    root = parse_html(f"<html><body>{html}</body></html>") if html else None
    return "" if root is None else "\n".join(split_blocks(root).texts)
