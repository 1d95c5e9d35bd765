"""Find the characters that a match of a regular expression can start with.

A text is then matched only against the patterns for its first character. Only the syntax of the rules in this
package is understood. For all other syntax the result is None.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.extract.pattern_syntax import PatternSyntax

_PLACES = frozenset("bBAZ")
"""Escapes that match a place and no character."""
_MANY = frozenset("wWsSdD")
_RANGE_OR_ESCAPE = re.compile(r"\\|.-.")
_MATCHES_NOTHING = "(?!)"

_Characters = frozenset[str] | None


def first_characters(pattern: str) -> frozenset[str] | None:
    """The characters that a match can start with; None if it can be empty, or they are many or not known."""
    reader = _Reader(pattern)
    try:
        found, may_be_empty = reader.alternatives()
    except (IndexError, ValueError):
        return None
    return None if may_be_empty or not reader.at_end else found


class PatternStarts:
    """Patterns for the start of a text, by the first character of their matches."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._others: list[str] = []
        self._by_character: dict[str, list[str]] = {}
        for pattern in patterns:
            characters = first_characters(pattern)
            if characters is None:
                self._others.append(pattern)
            for character in characters or ():
                self._by_character.setdefault(character, []).append(pattern)
        self._compiled: dict[str, re.Pattern[str]] = {}

    def compile(self) -> None:
        """Compile all patterns now; otherwise those for a character are compiled with the first text."""
        for character in ("", *self._by_character):
            self._joined(character)

    def match(self, text: str) -> re.Match[str] | None:
        """A match of one of the patterns at the start of the text."""
        first = text[:1]
        found = self._joined(first).match(text) if first in self._by_character else None
        return found or self._joined("").match(text)

    def _joined(self, character: str) -> re.Pattern[str]:
        """The patterns for a first character, or those for any character."""
        found = self._compiled.get(character)
        if found is None:
            patterns = self._by_character[character] if character else self._others
            found = self._compiled[character] = re.compile("|".join(patterns) or _MATCHES_NOTHING)
        return found


class _Reader(PatternSyntax):
    """Each method returns the first characters, and whether what it reads can match without a character."""

    def alternatives(self) -> tuple[_Characters, bool]:
        """Those of a group or of the whole pattern."""
        found, may_be_empty = self._sequence()
        while self.peek() == "|":
            self.at += 1
            other, other_may_be_empty = self._sequence()
            found = _union(found, other)
            may_be_empty |= other_may_be_empty
        return found, may_be_empty

    def _sequence(self) -> tuple[_Characters, bool]:
        found: _Characters = frozenset()
        may_be_empty = True
        while (character := self.peek()) and character not in ("|", ")"):
            item, item_may_be_empty = self._item()
            is_certain, _ = self.quantifier()
            if may_be_empty:
                found = _union(found, item)
                may_be_empty = item_may_be_empty or not is_certain
        return found, may_be_empty

    def _item(self) -> tuple[_Characters, bool]:
        character = self.next()
        if character == "\\":
            return _escaped(self.next())
        if character == "(":
            looks_around = self.group_start()
            found = self.alternatives()
            self.group_end()
            return (frozenset(), True) if looks_around else found
        if character == "[":
            return _of_class(self.character_class()), False
        if character in "^$":
            return frozenset(), True
        return (None if character == "." else frozenset({character})), False


def _escaped(character: str) -> tuple[_Characters, bool]:
    if character in _PLACES:
        return frozenset(), True
    if character in _MANY:
        return None, False
    if character.isalnum():
        raise ValueError(character)
    return frozenset({character}), False


def _of_class(inner: str) -> _Characters:
    """The characters of a class; None for one with ranges, escapes or exceptions."""
    return None if inner.startswith("^") or _RANGE_OR_ESCAPE.search(inner) else frozenset(inner)


def _union(one: _Characters, other: _Characters) -> _Characters:
    return None if one is None or other is None else one | other
