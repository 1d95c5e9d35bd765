"""Strangers' text on a terminal."""

from __future__ import annotations

from rich.markup import escape


def shown(text: str) -> str:
    """Text with neither control characters (they move cursors) nor rich's own markup."""
    return escape("".join(c if c.isprintable() else " " for c in text))
