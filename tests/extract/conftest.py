"""Pages written for these tests: `tests/data/articles/NAME.html` with the correct body in NAME.txt, and
`tests/data/refused/REASON.NAME.html`. The URL of a page is its canonical link."""

from __future__ import annotations

import re
from pathlib import Path

from bot.core.models import Page

DATA = Path(__file__).parent.parent / "data"
_CANONICAL = re.compile(rb'<link rel="canonical" href="([^"]+)"')


def saved_page(file: Path) -> Page:
    content = file.read_bytes()
    found = _CANONICAL.search(content)
    assert found, f"{file.name} has no canonical link"
    return Page(found[1].decode(), content, "text/html; charset=utf-8")
