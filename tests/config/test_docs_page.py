from __future__ import annotations

from pathlib import Path

from bot.config.docs_page import OUTPUT_PATH, render_page
from bot.config.introspection import named_tables, settings_tables


def test_the_page_is_current() -> None:
    written = (Path(__file__).parents[2] / OUTPUT_PATH).read_text(encoding="utf-8")
    assert written == render_page(), "run: make reference"


def test_every_setting_has_a_row() -> None:
    rows = [line.split(" | ")[0] for line in render_page().splitlines() if line.startswith("| `")]
    models = (*settings_tables().values(), *named_tables().values())
    assert sorted(rows) == sorted(f"| `{name}`" for model in models for name in model.model_fields)
