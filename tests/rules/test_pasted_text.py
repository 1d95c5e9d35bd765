"""Pasted settings with Markdown and typographic characters."""

from __future__ import annotations

import pytest

from bot.rules.pasted_text import find_settings_block
from tests.rules.parsing import entries_of


@pytest.mark.parametrize(
    ("pasted", "value"),
    [
        ("```yaml\nwords: 90\n```", "90"),
        ("words:\u00a090", "90"),
        ("\ufeffwords: 90\u200b", "90"),
        ("    words: 90", "90"),
        ("- words: 90", "90"),
        ("* **words**: 90", "90"),
        ("`words: 90`", "90"),
        ("words = 90", "90"),
        ("Words:90", "90"),
        ("words: “90”", "90"),
        ("words: „90“", "90"),
        ("words: 90 # as we agreed", "90"),
        ("words: 90\r\n", "90"),
    ],
)
def test_pasted_text_is_accepted(pasted: str, value: str) -> None:
    (entry,) = entries_of(pasted)
    assert (entry.key, entry.value) == ("words", value)


def test_names_of_settings_are_normalized() -> None:
    keys = [
        entry.key
        for entry in entries_of("Block\\_Domains: a.example\nallow-domains: b.example\nmin saved: 50")
    ]
    assert keys == ["block_domains", "allow_domains", "min_saved"]


def test_a_line_of_text_keeps_its_colon_and_its_quotes() -> None:
    (entry,) = entries_of('footer_line: It’s ours: ask "us"')
    assert entry.value == 'It’s ours: ask "us"'


def test_line_numbers_do_not_change() -> None:
    assert entries_of("\n```\nwords: 90\n```\nnsfw: true")[1].line == 5


@pytest.mark.parametrize(
    ("opens", "closes"), [("```precis", "```"), ("``` Precis settings", "```"), ("::: spoiler precis", ":::")]
)
def test_a_block_in_a_sidebar_is_found(opens: str, closes: str) -> None:
    sidebar = f"# Welcome\n\nBe nice: always.\n\n{opens}\nwords: 90\nnsfw: true\n{closes}\n\nlinks: none"
    block = find_settings_block(sidebar)
    assert block is not None
    assert [(entry.key, entry.line) for entry in entries_of(block)] == [("words", 6), ("nsfw", 7)]


def test_a_sidebar_without_a_block_has_no_settings() -> None:
    assert find_settings_block("# Welcome\nwords: 90\n```\nwords: 80\n```") is None
