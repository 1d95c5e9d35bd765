"""Drops the lines that stand among an article's paragraphs and are none of them.

The rules are data: `cleanup.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from bot.extract.word_count import WORD

_SENTENCE_ENDS = (".", "!", "?", "。", "！", "？", "।", "؟", "…", ".”", '."', ".’", ".»", ".)")
_SHORT = 90
"""No rule looks at a line of more words."""
_FIRST_LINES = 8
_NOTHING = "(?!)"


@dataclass(frozen=True, slots=True)
class CleanupRule:
    name: str
    most_words: int
    ends: bool
    """Whether a line that ends like a sentence may fall under the rule."""
    near: int | None
    """How many lines from either end of the article it looks at; None for all."""
    pattern: re.Pattern[str]
    exact: re.Pattern[str]
    """What depends on capitals."""

    def fits(self, line: str, words: int, from_edge: int) -> bool:
        if words > self.most_words or (self.near is not None and from_edge >= self.near):
            return False
        if not (self.pattern.match(line) or self.exact.fullmatch(line)):
            return False
        return self.ends or not line.endswith(_SENTENCE_ENDS)


@cache
def cleanup_rules() -> tuple[CleanupRule, ...]:
    """The rules of the package, compiled."""
    text = resources.files("bot.extract").joinpath("cleanup.toml").read_text("utf-8")
    return tuple(_rule(entry) for entry in tomllib.loads(text)["rule"])


def find_dropped_lines(lines: Sequence[str], title: str) -> dict[int, str]:
    """Which lines to leave out, each with the name of the rule that says so."""
    found: dict[int, str] = {}
    wanted = WORD.findall(title.casefold())
    for index, line in enumerate(lines):
        words = len(WORD.findall(line[: 12 * _SHORT]))
        if words > _SHORT:
            continue
        if index < _FIRST_LINES and wanted and WORD.findall(line.casefold()) == wanted:
            found[index] = "headline"
            continue
        name = _first(line.strip(), words, min(index, len(lines) - 1 - index))
        if name is not None:
            found[index] = name
    return found


def _first(line: str, words: int, from_edge: int) -> str | None:
    return next((rule.name for rule in cleanup_rules() if rule.fits(line, words, from_edge)), None)


def _rule(entry: dict[str, Any]) -> CleanupRule:
    starts = [pattern for patterns in entry.get("starts", {}).values() for pattern in patterns]
    whole = [rf"{pattern}$" for patterns in entry.get("whole", {}).values() for pattern in patterns]
    exact = [pattern for patterns in entry.get("exact", {}).values() for pattern in patterns]
    return CleanupRule(
        entry["name"],
        entry["most_words"],
        entry.get("ends", True),
        entry.get("near"),
        re.compile("|".join([*(_bounded(start) for start in starts), *whole]), re.IGNORECASE),
        re.compile("|".join(exact) or _NOTHING),
    )


def _bounded(start: str) -> str:
    """A beginning that ends in a letter must end its word there; scripts without spaces have none."""
    letter = start[-1:].isascii() and start[-1:].isalpha() and start[-2:-1] != "\\"
    return rf"{start}\b" if letter else start
