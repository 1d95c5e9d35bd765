"""The phrases of `phrases.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

from bot.extract.pattern_sets import PatternSet


@cache
def phrases(what: str, where: str = "", *, after: str = "") -> PatternSet:
    """The phrases of one section of `phrases.toml`, or of one of its tables, each behind a pattern."""
    section = _sections()[what]
    tables = [section[where]] if where else section.values()
    patterns = (one for table in tables for patterns in table.values() for one in patterns)
    return PatternSet((f"{after}(?:{one})" if after else one for one in patterns), ignore_case=True)


def compile_phrases() -> None:
    """Compile the phrases of all sections."""
    for what, section in _sections().items():
        if all(isinstance(table, dict) for table in section.values()):
            phrases(what).compile()


@cache
def phrase_words(what: str) -> frozenset[str]:
    """The words of a section that has a string of words for each language."""
    return frozenset(word for words in _sections()[what].values() for word in words.split())


@cache
def _sections() -> dict[str, Any]:
    text = resources.files("bot.extract").joinpath("phrases.toml").read_text("utf-8")
    return tomllib.loads(text)
