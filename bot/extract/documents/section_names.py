"""The names of the parts of a document, from `section_names.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources


@cache
def _names() -> dict[str, list[str]]:
    text = resources.files("bot.extract.documents").joinpath("section_names.toml").read_text("utf-8")
    names: dict[str, list[str]] = tomllib.loads(text)
    return names


@cache
def section_name(kind: str) -> str:
    """A regular expression without groups for the names of one kind, for patterns that ignore case."""
    return f"(?:{'|'.join(_names()[kind])})"
