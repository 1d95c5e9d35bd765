"""Search a text for hundreds of regular expressions in a fraction of the time that they take as one.

Most of them have a word that each match contains. Python finds words in a text far faster than patterns, so
only the patterns whose word is in the text are compiled and searched for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from bot.extract.required_words import required_words

# Letters that `re.IGNORECASE` takes as equal to others and `str.lower` does not.
_SAME_LETTERS = (("İ", "i"), ("ı", "i"), ("ſ", "s"))
_ESCAPE_OR_TEXT = re.compile(r"\\.|[^\\]+", re.DOTALL)


class PatternSet:
    """Regular expressions; a text matches the set if it matches one of them."""

    def __init__(self, patterns: Iterable[str], *, ignore_case: bool = False) -> None:
        self._ignore_case = ignore_case
        self._patterns = tuple(dict.fromkeys(patterns))
        required = list(map(required_words, self._patterns))
        self._always = {at for at, words in enumerate(required) if words is None}
        self._words = [
            (self._searched(word), at) for at, words in enumerate(required) for word in words or ()
        ]
        """Each required word, with the place of its pattern."""

    def compile(self) -> None:
        """Compile all patterns now; otherwise each is compiled when a text first has its word."""
        for pattern in self._patterns:
            _compiled(pattern, self._ignore_case)

    def matches(self, text: str) -> bool:
        """Whether one of the patterns is found in the text."""
        return any(_compiled(pattern, self._ignore_case).search(text) for pattern in self._possible(text))

    def pattern_for(self, text: str) -> re.Pattern[str]:
        """A pattern that finds in this text what all patterns as alternatives find in it."""
        return _joined(tuple(self._possible(text)), self._ignore_case)

    def narrowed(self, text: str) -> PatternSet:
        """The patterns that parts of this text may match."""
        narrowed = PatternSet((), ignore_case=self._ignore_case)
        narrowed._patterns = tuple(self._possible(text))
        narrowed._always = set(range(len(narrowed._patterns)))
        return narrowed

    def _possible(self, text: str) -> list[str]:
        searched = self._searched(text)
        found = self._always.union([at for word, at in self._words if word in searched])
        return [self._patterns[at] for at in sorted(found)]

    def _searched(self, text: str) -> str:
        return fold_case(text) if self._ignore_case else text


def fold_case(text: str) -> str:
    """Makes texts equal that `re.IGNORECASE` takes as equal; the number of letters stays."""
    if text.isascii():
        return text.lower()
    for letter, same in _SAME_LETTERS:
        text = text.replace(letter, same)
    return text.lower().replace("ς", "σ")


def fold_pattern(pattern: str) -> str:
    """The pattern that matches the folded text where `pattern` matches a text with `re.IGNORECASE`."""
    return _ESCAPE_OR_TEXT.sub(lambda part: part[0] if part[0][0] == "\\" else fold_case(part[0]), pattern)


@cache
def _compiled(pattern: str, ignore_case: bool) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE if ignore_case else re.NOFLAG)


@lru_cache(maxsize=500)
def _joined(patterns: tuple[str, ...], ignore_case: bool) -> re.Pattern[str]:
    return _compiled("|".join(patterns) or "(?!)", ignore_case)
