"""The tables that a settings file leaves out."""

from __future__ import annotations

from pydantic import BaseModel

from bot.config.settings import Config


def test_the_defaults_of_each_table_are_those_of_an_empty_table() -> None:
    """They are constructed without a check, so they must be what a check would return."""
    tables = [field.default for field in Config.model_fields.values() if isinstance(field.default, BaseModel)]
    assert len(tables) > 10
    for table in tables:
        checked = type(table)()
        assert table == checked
        assert table.model_fields_set == checked.model_fields_set == set()
        assert table.model_extra == checked.model_extra
        assert list(map(type, vars(table).values())) == list(map(type, vars(checked).values()))
