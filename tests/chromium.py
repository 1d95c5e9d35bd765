"""Chromium for the tests, the benchmarks of the pages and the pictures of the docs; axe checks its pages.

Debian has two packages. The headless shell needs half of the processor time, because it has no windows.
`make axe` installs axe-core.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser")
PROGRAM = next(filter(None, map(shutil.which, NAMES)), None)
"""Its path; None if it is not installed."""
AXE = Path(__file__).parent / "web/axe/node_modules/axe-core/axe.min.js"
INSTALL = "apt-get install chromium-headless-shell, or chromium"
needs_chromium = [
    pytest.mark.skipif(PROGRAM is None, reason=f"chromium is not installed ({INSTALL})"),
    pytest.mark.skipif(not AXE.is_file(), reason="run `make axe` first"),
]
AXE_OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # describing what passes takes five times as long as finding the rest
}
FIND_VIOLATIONS = """async ([axe, options]) => {
  if (!window.axe) (0, eval)(axe)
  return (await window.axe.run(document, options)).violations
}"""


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """A browser without pages. Exits with a sentence if Chromium is not installed."""
    if PROGRAM is None:
        raise SystemExit(f"This needs Chromium: {INSTALL}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=["--no-sandbox"])
        yield browser
        browser.close()


def violations(page: Page) -> list[str]:
    """What axe finds on a page: the rule, the element, and what to do."""
    found: list[dict[str, Any]] = page.evaluate(
        FIND_VIOLATIONS, [AXE.read_text(encoding="utf-8"), AXE_OPTIONS]
    )
    return [
        f"{rule['id']}: {node['html'][:150]} {node.get('failureSummary', '')}"
        for rule in found
        for node in rule["nodes"]
    ]


def is_too_wide(page: Page) -> bool:
    """Whether the page is wider than its window."""
    root = "document.documentElement"
    return bool(page.evaluate(f"{root}.scrollWidth > {root}.clientWidth"))
