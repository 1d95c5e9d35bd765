"""Find words that every match of a regular expression contains, so that a text without them is not searched.

Only the syntax of the rules in this package is understood. For all other syntax the result is None.
"""

from __future__ import annotations

from functools import cache

_CLASS_ESCAPES = frozenset("wWsSdDbBAZ")
_END_OF_GROUP = ")"
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
    return words if parser.at == len(pattern) else None


class _Parser:
    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self.at = 0

    def alternatives(self) -> _Words:
        """The words of a group or of the whole pattern: those of all its alternatives."""
        found = [self._sequence()]
        while self._peek() == "|":
            self.at += 1
            found.append(self._sequence())
        known = [words for words in found if words is not None]
        return frozenset().union(*known) if len(known) == len(found) else None

    def _sequence(self) -> _Words:
        best: _Words = None
        run = ""
        while (character := self._peek()) and character not in ("|", _END_OF_GROUP):
            literal, words = self._item()
            is_certain, is_single = self._quantifier()
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
        character = self._next()
        if character == "\\":
            escaped = self._next()
            if escaped.isalnum() and escaped not in _CLASS_ESCAPES:
                raise ValueError(escaped)
            return ("" if escaped in _CLASS_ESCAPES else escaped), None
        if character == "(":
            return "", self._group()
        if character == "[":
            self._character_class()
            return "", None
        return ("" if character in ".^$" else character), None

    def _group(self) -> _Words:
        is_look_around = False
        if self._peek() == "?":
            start = next(
                (one for one in ("?:", "?=", "?!", "?<=", "?<!") if self._pattern.startswith(one, self.at)),
                None,
            )
            if start is None:
                raise ValueError("flags or a name")
            is_look_around = start != "?:"
            self.at += len(start)
        words = self.alternatives()
        if self._next() != _END_OF_GROUP:
            raise ValueError("not closed")
        return None if is_look_around else words

    def _character_class(self) -> None:
        self.at += self._peek() == "^"
        self.at += self._peek() == "]"
        while (character := self._next()) != "]":
            self.at += character == "\\"

    def _quantifier(self) -> tuple[bool, bool]:
        """Whether the item before occurs at least once, and whether it occurs just once."""
        character = self._peek()
        if character == "{":
            end = self._pattern.index("}", self.at)
            least = int(self._pattern[self.at + 1 : end].split(",")[0] or 0)
            self.at = end + 1
        elif character and character in "?*+":
            least = int(character == "+")
            self.at += 1
        else:
            return True, True
        if (following := self._peek()) and following in "?+":  # lazy or possessive
            self.at += 1
        return least > 0, False

    def _peek(self) -> str:
        return self._pattern[self.at : self.at + 1]

    def _next(self) -> str:
        self.at += 1
        return self._pattern[self.at - 1]


def _as_words(run: str) -> _Words:
    return frozenset({run}) if len(run) >= _MIN_LENGTH or not run.isascii() else None


def _better(one: _Words, other: _Words) -> _Words:
    """Those words that fewer texts have: the longer ones."""
    if one is None or other is None:
        return other if one is None else one
    return max(one, other, key=lambda words: (min(map(len, words)), -len(words)))
