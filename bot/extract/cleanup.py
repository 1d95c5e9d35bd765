"""Find the lines between an article's paragraphs that are not part of it, by the rules of `cleanup.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from bot.extract.pattern_sets import PatternSet, fold_case, fold_pattern
from bot.extract.word_count import WORD

_SENTENCE_ENDS = (".", "!", "?", "。", "！", "？", "।", "؟", "…", ".”", '."', ".’", ".»", ".)")
_MAX_WORDS = 90
"""Longer lines are never dropped."""
_HEADLINE_LINES = 8
_WILDCARDS = (".{", "[^")


@dataclass(frozen=True, slots=True)
class CleanupRule:
    name: str
    max_words: int
    allow_sentences: bool
    """Whether the rule may match a line that ends like a sentence."""
    edge_lines: int | None
    """The rule applies only to this many lines at either end of the article; None: to all lines."""
    end_lines: int | None
    """The rule applies only to this many lines at the end of the article; None: to all lines."""
    folded: re.Pattern[str]
    """Patterns for the folded line: `re.IGNORECASE` takes several times as long."""
    wildcards: PatternSet | None
    """Those of these patterns that begin with any letters, so that each takes longer than all others."""
    match_case: re.Pattern[str] | None
    """Patterns that are case-sensitive."""

    def matches(self, line: str, folded: str, before: int, after: int) -> bool:
        """Whether the rule matches a line of at most `max_words`, with so many lines before and after it.

        `folded` is the line after `fold_case`.
        """
        if self.edge_lines is not None and min(before, after) >= self.edge_lines:
            return False
        if self.end_lines is not None and after >= self.end_lines:
            return False
        if not (
            self.folded.match(folded)
            or (self.wildcards and self.wildcards.matches(folded))
            or (self.match_case and self.match_case.fullmatch(line))
        ):
            return False
        return self.allow_sentences or not line.endswith(_SENTENCE_ENDS)


@cache
def cleanup_rules() -> tuple[CleanupRule, ...]:
    """The compiled rules of `cleanup.toml`."""
    text = resources.files("bot.extract").joinpath("cleanup.toml").read_text("utf-8")
    return tuple(_compile_rule(entry) for entry in tomllib.loads(text)["rule"])


def find_dropped_lines(lines: Sequence[str], title: str) -> dict[int, str]:
    """The indices of the lines to leave out, each with the name of the rule that matched."""
    found: dict[int, str] = {}
    title_words = WORD.findall(title.casefold())
    for index, line in enumerate(lines):
        words = len(WORD.findall(line[: 12 * _MAX_WORDS]))
        if words > _MAX_WORDS:
            continue
        if index < _HEADLINE_LINES and title_words and WORD.findall(line.casefold()) == title_words:
            found[index] = "headline"
            continue
        name = _first_match(line.strip(), words, index, len(lines) - 1 - index)
        if name is not None:
            found[index] = name
    return found


def _first_match(line: str, words: int, before: int, after: int) -> str | None:
    folded = fold_case(line)
    return next((rule.name for rule in _rules_for(words) if rule.matches(line, folded, before, after)), None)


@cache
def _rules_for(words: int) -> tuple[CleanupRule, ...]:
    """The rules for lines of so many words, at most 90."""
    return tuple(rule for rule in cleanup_rules() if words <= rule.max_words)


def _compile_rule(entry: dict[str, Any]) -> CleanupRule:
    starts = [pattern for patterns in entry.get("starts", {}).values() for pattern in patterns]
    whole = [rf"{pattern}$" for patterns in entry.get("whole", {}).values() for pattern in patterns]
    exact = [pattern for patterns in entry.get("exact", {}).values() for pattern in patterns]
    folded = list(map(fold_pattern, [*map(_with_word_boundary, starts), *whole]))
    wildcards = [rf"\A(?:{pattern})" for pattern in folded if pattern.startswith(_WILDCARDS)]
    return CleanupRule(
        entry["name"],
        entry["max_words"],
        entry.get("allow_sentences", True),
        entry.get("edge_lines"),
        entry.get("end_lines"),
        re.compile("|".join(pattern for pattern in folded if not pattern.startswith(_WILDCARDS)) or "(?!)"),
        PatternSet(wildcards) if wildcards else None,
        re.compile("|".join(exact)) if exact else None,
    )


def _with_word_boundary(start: str) -> str:
    """`start`, with a word boundary if it ends in an ASCII letter; some scripts have no spaces."""
    letter = start[-1:].isascii() and start[-1:].isalpha() and start[-2:-1] != "\\"
    return rf"{start}\b" if letter else start
