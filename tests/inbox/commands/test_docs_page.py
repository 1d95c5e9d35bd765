from __future__ import annotations

from pathlib import Path

from bot.inbox.commands.docs_page import OUTPUT_PATH, dialogues_of, render_page
from bot.rules import CommunityRules


def test_the_page_for_moderators_is_current() -> None:
    written = (Path(__file__).parents[3] / OUTPUT_PATH).read_text(encoding="utf-8")
    dialogues = dialogues_of(written)
    assert all(dialogues.values())
    assert written == render_page(dialogues), "run: make reference"


def test_every_setting_has_a_row_with_an_example() -> None:
    rows = [
        line
        for line in render_page({"lemmy": "", "reddit": ""}).splitlines()
        if line.startswith("| `") and line.count(" | ") == 4
    ]
    assert [row.split("`")[1] for row in rows] == list(CommunityRules.model_fields)
