"""Makes untrusted text safe for a terminal."""

from __future__ import annotations

import json
from typing import Any

from rich.markup import escape


def printable(text: str) -> str:
    """Text without control characters, which could move the cursor."""
    return "".join(c if c.isprintable() else " " for c in text)


def to_json(value: Any, indent: int | None = None) -> str:
    """JSON that is safe for a terminal: unprintable characters are escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)


def escaped(text: str) -> str:
    """Printable text with the markup of rich escaped."""
    return escape(printable(text))
