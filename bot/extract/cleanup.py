"""Find the lines between an article's paragraphs that are not part of it, by the rules of `cleanup.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from functools import cache
from importlib import resources
from typing import Any

from msgspec import Struct

from bot.extract.first_characters import PatternStarts
from bot.extract.pattern_sets import PatternSet, fold_case, fold_pattern
from bot.extract.word_count import WORD

_SENTENCE_ENDS = (".", "!", "?", "。", "！", "？", "।", "؟", "…", ".”", '."', ".’", ".»", ".)")
_MAX_WORDS = 90
"""Longer lines are never dropped."""
_HEADLINE_LINES = 8
_MATCHES_NOTHING = "(?!)"
_WILDCARDS = (".{", "[^")


class LinePatterns(Struct, frozen=True):
    """The patterns of one rule or of several."""

    folded: re.Pattern[str] | PatternStarts
    """Patterns for the folded line: `re.IGNORECASE` takes several times as long."""
    wildcards: PatternSet
    """Those of these patterns that begin with any letters, so that each takes longer than all others."""
    exact: re.Pattern[str]
    """Patterns for the whole line that are case-sensitive."""

    def match(self, line: str, folded: str) -> bool:
        """Whether a pattern matches; `folded` is the line after `fold_case`."""
        return bool(self.folded.match(folded) or self.wildcards.matches(folded) or self.exact.fullmatch(line))


class CleanupRule(Struct, frozen=True):
    name: str
    max_words: int
    allow_sentences: bool
    """Whether the rule may match a line that ends like a sentence."""
    edge_lines: int | None
    """The rule applies only to this many lines at either end of the article; None: to all lines."""
    end_lines: int | None
    """The rule applies only to this many lines at the end of the article; None: to all lines."""
    patterns: LinePatterns

    def matches(self, line: str, folded: str, before: int, after: int) -> bool:
        """Whether the rule matches a line of at most `max_words`, with so many lines before and after it."""
        if self.edge_lines is not None and min(before, after) >= self.edge_lines:
            return False
        if self.end_lines is not None and after >= self.end_lines:
            return False
        if not self.patterns.match(line, folded):
            return False
        return self.allow_sentences or not line.endswith(_SENTENCE_ENDS)


@cache
def cleanup_rules() -> tuple[CleanupRule, ...]:
    """The compiled rules of `cleanup.toml`."""
    return tuple(
        CleanupRule(
            entry["name"],
            entry["max_words"],
            entry.get("allow_sentences", True),
            entry.get("edge_lines"),
            entry.get("end_lines"),
            _compile_patterns([entry], _joined),
        )
        for entry in _entries()
    )


def find_dropped_lines(lines: Sequence[str], title: str) -> dict[int, str]:
    """The indices of the lines to leave out, each with the name of the rule that matched."""
    found: dict[int, str] = {}
    title_words = WORD.findall(title.casefold())
    for index, line in enumerate(lines):
        name = None
        if index < _HEADLINE_LINES and title_words and WORD.findall(line.casefold()) == title_words:
            name = "headline" if len(title_words) <= _MAX_WORDS else None
        else:
            name = _first_match(line, index, len(lines) - 1 - index)
        if name is not None:
            found[index] = name
    return found


def _first_match(line: str, before: int, after: int) -> str | None:
    line, start = line.strip(), line[: 12 * _MAX_WORDS]
    folded = fold_case(line)
    if not _all_patterns().match(line, folded):  # as few lines match any rule, this saves most of the time
        return None
    words = len(WORD.findall(start))
    rules = (rule for rule in cleanup_rules() if words <= rule.max_words)
    return next((rule.name for rule in rules if rule.matches(line, folded, before, after)), None)


def compile_rules() -> None:
    """Compile the patterns of all rules."""
    patterns = _all_patterns()
    if isinstance(patterns.folded, PatternStarts):
        patterns.folded.compile()
    patterns.wildcards.compile()
    cleanup_rules()


@cache
def _all_patterns() -> LinePatterns:
    return _compile_patterns(_entries(), PatternStarts)


@cache
def _entries() -> list[dict[str, Any]]:
    text = resources.files("bot.extract").joinpath("cleanup.toml").read_text("utf-8")
    entries: list[dict[str, Any]] = tomllib.loads(text)["rule"]
    return entries


def _compile_patterns(
    entries: Sequence[dict[str, Any]], joined: Callable[[list[str]], re.Pattern[str] | PatternStarts]
) -> LinePatterns:
    starts = [_with_word_boundary(pattern) for pattern in _patterns_of(entries, "starts")]
    whole = [rf"{pattern}$" for pattern in _patterns_of(entries, "whole")]
    folded = list(map(fold_pattern, [*starts, *whole]))
    plain = [pattern for pattern in folded if not pattern.startswith(_WILDCARDS)]
    wildcards = (rf"\A(?:{pattern})" for pattern in folded if pattern.startswith(_WILDCARDS))
    exact = _patterns_of(entries, "exact")
    return LinePatterns(
        joined(plain),
        PatternSet(wildcards),
        _joined(exact),
    )


def _joined(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(patterns) or _MATCHES_NOTHING)


def _patterns_of(entries: Sequence[dict[str, Any]], key: str) -> list[str]:
    tables = (entry.get(key, {}) for entry in entries)
    return [pattern for table in tables for patterns in table.values() for pattern in patterns]


def _with_word_boundary(start: str) -> str:
    """`start`, with a word boundary if it ends in an ASCII letter; some scripts have no spaces."""
    letter = start[-1:].isascii() and start[-1:].isalpha() and start[-2:-1] != "\\"
    return rf"{start}\b" if letter else start
