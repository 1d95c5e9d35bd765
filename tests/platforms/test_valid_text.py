"""Texts of servers are valid before anything else in Precis sees them, on every platform."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
from pydantic import BaseModel

from bot import platforms
from bot.core.valid_text import MAX_LENGTH, valid_text
from bot.platforms.api_models import ApiModel, CursorModel, parse


class Row(ApiModel):
    title: str
    body: str | None = None


class Rows(ApiModel):
    rows: tuple[Row, ...]


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("A title with 🙂 and é", "A title with 🙂 and é"),
        ("half \ud83d of a pair", "half \ufffd of a pair"),
        ("\udfff\ud800", "\ufffd\ufffd"),
        ("before\0after", "before\ufffdafter"),
        ("x" * (MAX_LENGTH + 1), "x" * MAX_LENGTH),
        ("", ""),
    ],
)
def test_texts_are_made_valid_at_every_depth(text: str, valid: str) -> None:
    assert valid_text(text) == valid
    row = parse(Rows, {"rows": [{"title": text, "body": text}]}).rows[0]
    assert (row.title, row.body) == (valid, valid)
    row.title.encode()


def test_every_schema_of_a_response_makes_its_texts_valid() -> None:
    for module in pkgutil.walk_packages(platforms.__path__, "bot.platforms."):
        importlib.import_module(module.name)
    schemas = [each for each in _subclasses(BaseModel) if each.__module__.startswith("bot.platforms.")]
    assert len(schemas) > 50
    assert [each for each in schemas if not issubclass(each, ApiModel | CursorModel)] == []


def _subclasses(model: type[BaseModel]) -> set[type[BaseModel]]:
    return {each for child in model.__subclasses__() for each in {child} | _subclasses(child)}
