from __future__ import annotations

from pathlib import Path

from bot.config.docs_page import PAGE, page
from bot.config.introspection import account_models, plain_tables


def test_the_page_is_current() -> None:
    written = (Path(__file__).parents[2] / PAGE).read_text(encoding="utf-8")
    assert written == page(), "run: python -m bot.config.docs_page"


def test_every_setting_has_a_row() -> None:
    rows = [line.split(" | ")[0] for line in page().splitlines() if line.startswith("| `")]
    models = (*plain_tables().values(), *account_models().values())
    assert sorted(rows) == sorted(f"| `{name}`" for model in models for name in model.model_fields)
