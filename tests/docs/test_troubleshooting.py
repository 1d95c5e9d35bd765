"""The messages that the page for troubleshooting quotes are in the code."""

from __future__ import annotations

import ast
import re

import pytest

from tests.docs.page_blocks import ROOT

PAGE = (ROOT / "docs/how-to/troubleshooting.md").read_text(encoding="utf-8")
SHORTEST = 8
"""Shorter parts of a message are in the code by accident."""


def quoted_messages() -> list[str]:
    """The text in the first column of each table. `…` stands for a value."""
    rows = re.findall(r"^\| `([^`]+)`", PAGE, re.MULTILINE)
    return list(dict.fromkeys(rows))


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """Every constant text of the code."""
    files = (ROOT / "bot").rglob("*.py")
    nodes = (node for file in files for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    return [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]


@pytest.mark.parametrize("message", quoted_messages())
def test_the_message_is_in_the_code(message: str, texts: list[str]) -> None:
    parts = [part.strip() for part in re.split(r"…|;|\[web\]|in line|postgresql://", message)]
    parts = [part for part in parts if len(part) >= SHORTEST]
    assert parts
    for part in parts:
        assert any(part in text for text in texts), part


def test_the_page_has_messages_of_every_kind() -> None:
    assert len(quoted_messages()) >= 30


def test_the_settings_that_the_page_names_exist() -> None:
    example = (ROOT / "config.example.toml").read_text(encoding="utf-8")
    for name in ("max_age_hours", "min_saved", "min_article_words", "max_per_day", "robots", "quiet_hours"):
        assert re.search(rf"^(# )?{name} = ", example, re.MULTILINE), name
        assert f"`{name}" in PAGE or f"{name} = " in PAGE, name
