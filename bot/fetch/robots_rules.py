"""The rules of one robots.txt for one bot (RFC 9309), parsed and matched at a cost that is bounded.

General parsers keep the rules of every bot that a file names and turn wildcards into regular expressions:
the cost of a hostile file grows with names times rules, or faster. This parser finds our own groups with a
few searches that skip all other lines, and compares wildcards piece by piece. The number of groups and
rules, their total length and the comparisons for one path are limited.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from math import isfinite

from msgspec import Struct

from bot.core.lazy_patterns import lazy_pattern
from bot.core.percent_encoding import EscapeForm

MAX_BYTES = 500 * 1024
"""Bytes of a file that are parsed; the rest is ignored (RFC 9309, 2.5)."""

MAX_RULES = 5_000
"""Rules that are kept; the rest is ignored."""
MAX_PATTERN = 2_000
"""Characters of a pattern; a longer rule is ignored."""
MAX_PATTERN_CHARACTERS = 100_000
"""Characters of all patterns; the rest is ignored."""
MAX_COMPARISONS = 50_000_000
"""Characters of all patterns with wildcards, times those of a path: about 30 ms in the worst case."""

_BLANK = lazy_pattern(r"\n[ \t\n]+")
_VALUE = r"(?=[: \t])[ \t]*+:?[ \t]*+"
"""What separates a key from its value. Possessive, so that no line is read twice."""
_NAME = r"\nuser[- \t]?agent" + _VALUE
_ANY_NAME = lazy_pattern(_NAME, re.IGNORECASE)
_REST = lazy_pattern(_NAME + r"\*", re.IGNORECASE)
_RULE = lazy_pattern(rf"\n(allow|disallow){_VALUE}([^\n#]*)", re.IGNORECASE)
_DELAY = lazy_pattern(rf"\ncrawl-delay{_VALUE}([^\n#]*)", re.IGNORECASE)
_FORM = EscapeForm()
"""The form in which octets are compared (RFC 9309, 2.2.2)."""


class Rules(Struct, frozen=True):
    """What one bot may fetch."""

    patterns: tuple[tuple[str, bool], ...] = ()
    """(normalized path pattern, whether it allows), longest first; of equal ones, allow first."""
    crawl_delay: float | None = None
    """Seconds between two requests; None when the file does not ask for any."""
    wildcard_size: int = 0
    """Characters of the patterns with a wildcard."""

    @property
    def size(self) -> int:
        """Characters of all patterns."""
        return sum(len(pattern) for pattern, _ in self.patterns)

    def allow(self, path: str) -> bool:
        """Whether `path` (with its query) may be fetched: the longest pattern that matches decides.

        False for a path that is too long to compare with so many patterns.
        """
        wanted = _FORM.of(path)
        if self.wildcard_size * len(wanted) > MAX_COMPARISONS:
            return False
        return next((allows for pattern, allows in self.patterns if _matches(pattern, wanted)), True)


def parse_rules(text: str, agent: str) -> Rules:
    """The rules of `text` for the product token `agent`, or else for `*`.

    All groups that name the token are one (RFC 9309, 2.2.1). A name ends at the first character that a
    product token cannot have, so "Precis/1.0" names Precis; its letter case does not matter.
    """
    lines = _BLANK.sub("\n", "\n" + text[:MAX_BYTES].replace("\r", "\n"))
    own = re.compile(rf"{_NAME}{re.escape(agent)}(?![a-z_-])", re.IGNORECASE)
    groups = list(_groups(lines, own if own.search(lines) else _REST))
    found = (_RULE.finditer(lines, *group) for group in groups)
    delays = (_DELAY.search(lines, *group) for group in groups)
    delay = next((_seconds(delay[1]) for delay in delays if delay), None)
    return _to_rules(_first_rules(chain.from_iterable(found)), delay)


def _groups(lines: str, name: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Start and end of the groups with this name, at most `MAX_RULES`, because each has a rule.

    A group begins at its name. Its rules end at the next name after them.
    """
    count, start = 0, 0
    while count < MAX_RULES and (found := name.search(lines, start)):
        rule = _RULE.search(lines, found.end())
        following = _ANY_NAME.search(lines, rule.end()) if rule else None
        start = following.start() if following else len(lines)
        yield found.end(), start
        count += 1


def _first_rules(found: Iterable[re.Match[str]]) -> Iterator[tuple[str, bool]]:
    """(pattern, whether it allows) of the rules that are kept."""
    size = 0
    for rule in islice(found, MAX_RULES):
        pattern = rule[2].strip()
        if not 0 < len(pattern) <= MAX_PATTERN:  # an empty rule restricts nothing
            continue
        size += len(pattern)
        if size > MAX_PATTERN_CHARACTERS:
            return
        yield pattern, rule[1][0] in "aA"


def _to_rules(rules: Iterable[tuple[str, bool]], delay: float | None) -> Rules:
    patterns: dict[str, bool] = {}
    for value, allows in rules:
        pattern = _FORM.of(value)
        patterns[pattern] = allows or patterns.get(pattern, False)
    longest_first = sorted(patterns.items(), key=lambda rule: (-len(rule[0]), not rule[1]))
    wildcard_size = sum(len(pattern) for pattern in patterns if "*" in pattern)
    return Rules(tuple(longest_first), delay, wildcard_size)


def _seconds(value: str) -> float | None:
    try:
        seconds = float(value[:20])
    except ValueError:
        return None
    return max(0.0, seconds) if isfinite(seconds) else None


def _matches(pattern: str, path: str) -> bool:
    """Whether `pattern` matches the start of `path`; `*` stands for anything, a `$` at the end for the end.

    Each piece between two stars is searched once, from the left: linear, whatever the pattern.
    """
    anchored = pattern.endswith("$")
    first, *rest = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    place = len(first)
    if not rest:
        return not anchored or place == len(path)
    last = rest.pop()
    for piece in rest:
        place = path.find(piece, place)
        if place < 0:
            return False
        place += len(piece)
    if anchored:
        return len(path) - len(last) >= place and path.endswith(last)
    return path.find(last, place) >= 0
