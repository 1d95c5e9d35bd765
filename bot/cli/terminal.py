"""Strangers' text on a terminal."""

from __future__ import annotations

import json
from typing import Any

from rich.markup import escape


def printable(text: str) -> str:
    """Text without control characters: they move cursors."""
    return "".join(c if c.isprintable() else " " for c in text)


def to_json(value: Any, indent: int | None = None) -> str:
    """JSON that a terminal may show: what cannot be seen is escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)


def escaped(text: str) -> str:
    """The same without rich's own markup."""
    return escape(printable(text))
