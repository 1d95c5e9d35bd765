"""Makes untrusted text safe for a terminal, and prints tables, JSON and progress.

rich is loaded only for what it prints.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from rich.table import Table


class Progress(Protocol):
    """What a command is doing now. `rich.status.Status` is one."""

    def update(self, status: str) -> None: ...

    def stop(self) -> None:
        """Remove it before anything else is printed."""
        ...


class _NoProgress:
    def update(self, status: str) -> None:
        pass

    def stop(self) -> None:
        pass


@contextmanager
def shown_progress(text: str) -> Iterator[Progress]:
    """Show `text` on standard error in this block, if that is a terminal."""
    if not (sys.stderr.isatty() or os.environ.get("FORCE_COLOR")):  # as rich decides it
        yield _NoProgress()
        return
    from rich.console import Console

    with Console(stderr=True).status(text) as progress:
        yield progress


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
    from rich.markup import escape

    return escape(printable(text))


def folding_table(*headers: str, title: str | None = None) -> Table:
    """A table that continues long words, such as addresses, on the next line instead of cutting them."""
    from rich.table import Table

    table = Table(title=title, title_justify="left")
    for header in headers:
        table.add_column(header, overflow="fold")
    return table
