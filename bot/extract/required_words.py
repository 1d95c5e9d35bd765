"""Find words that every match of a regular expression contains, so that a text without them is not searched.

Only the syntax of the rules in this package is understood. For all other syntax the result is None.
"""

from __future__ import annotations

from functools import cache

from bot.extract.pattern_syntax import PatternSyntax

_CLASS_ESCAPES = frozenset("wWsSdDbBAZ")
_MIN_LENGTH = 2

_Words = frozenset[str] | None


@cache
def required_words(pattern: str) -> frozenset[str] | None:
    """Words of which every match of `pattern` contains at least one, as they are written in the pattern.

    None if there are none, or only single characters, or if they are not known.
    """
    parser = _Parser(pattern)
    try:
        words = parser.alternatives()
    except (IndexError, ValueError):
        return None
    return words if parser.at_end else None


class _Parser(PatternSyntax):
    def alternatives(self) -> _Words:
        """The words of a group or of the whole pattern: those of all its alternatives."""
        found = [self._sequence()]
        while self.peek() == "|":
            self.at += 1
            found.append(self._sequence())
        known = [words for words in found if words is not None]
        return frozenset().union(*known) if len(known) == len(found) else None

    def _sequence(self) -> _Words:
        best: _Words = None
        run = ""
        while (character := self.peek()) and character not in ("|", ")"):
            literal, words = self._item()
            is_certain, is_single = self.quantifier()
            if literal and is_certain:
                run += literal
            if not literal or not is_certain or not is_single:
                best = _better(best, _as_words(run))
                run = ""
            if is_certain:
                best = _better(best, words)
        return _better(best, _as_words(run))

    def _item(self) -> tuple[str, _Words]:
        """The next item: a literal character, or a group with its words, or anything else."""
        character = self.next()
        if character == "\\":
            escaped = self.next()
            if escaped.isalnum() and escaped not in _CLASS_ESCAPES:
                raise ValueError(escaped)
            return ("" if escaped in _CLASS_ESCAPES else escaped), None
        if character == "(":
            looks_around = self.group_start()
            words = self.alternatives()
            self.group_end()
            return "", None if looks_around else words
        if character == "[":
            self.character_class()
            return "", None
        return ("" if character in ".^$" else character), None


def _as_words(run: str) -> _Words:
    return frozenset({run}) if len(run) >= _MIN_LENGTH or not run.isascii() else None


def _better(one: _Words, other: _Words) -> _Words:
    """Those words that fewer texts have: the longer ones."""
    if one is None or other is None:
        return other if one is None else one
    return max(one, other, key=lambda words: (min(map(len, words)), -len(words)))
