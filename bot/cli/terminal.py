"""Strangers' text on a terminal."""

from __future__ import annotations

from rich.markup import escape


def plain(text: str) -> str:
    """Text without control characters: they move cursors."""
    return "".join(c if c.isprintable() else " " for c in text)


def shown(text: str) -> str:
    """The same without rich's own markup."""
    return escape(plain(text))
