"""Makes untrusted text safe for a terminal, and prints tables and JSON."""

from __future__ import annotations

import json
from datetime import datetime
from enum import Enum
from typing import Any

from rich.markup import escape
from rich.table import Table


def printable(text: str) -> str:
    """Text without control characters, which could move the cursor."""
    return "".join(c if c.isprintable() else " " for c in text)


def to_json(value: Any, indent: int | None = None) -> str:
    """JSON that is safe for a terminal: unprintable characters are escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)


def print_json(value: Any) -> None:
    """Print one object, for `--json`. Its times and enums must be JSON values already (`json_value`)."""
    print(to_json(value, indent=2))


def json_value(value: object) -> object:
    """A time as text in ISO 8601, an enum as its value, and everything else as it is."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return value.value if isinstance(value, Enum) else value


def escaped(text: str) -> str:
    """Printable text with the markup of rich escaped."""
    return escape(printable(text))


def folding_table(*headers: str, title: str | None = None) -> Table:
    """A table that continues long words, such as addresses, on the next line instead of cutting them."""
    table = Table(title=title, title_justify="left")
    for header in headers:
        table.add_column(header, overflow="fold")
    return table
