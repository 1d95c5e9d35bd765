"""Search a text for the phrases of a word list.

A list has up to 200 phrases, and most texts have none. So each list knows a word of each phrase, and its
regular expression is tried only on a text with one of these words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from bot.core.word_runs import word_runs

_RUN = re.compile(r"\w+")


class Phrases(Struct, frozen=True):
    """The phrases of a list, with words in lower case that tell where `pattern` cannot match."""

    pattern: re.Pattern[str]
    first_words: frozenset[str]
    """Every match starts with one of these."""
    needed_words: frozenset[str]
    """Every match contains one of these: the longest word of each phrase, which is the rarest."""

    def match(self, text: str, first: str | None = None) -> re.Match[str] | None:
        """The phrase at the start of a text; `first` is its `first_word`, if it is known."""
        if first is None:
            first = first_word(text)
        return self.pattern.match(text) if first in self.first_words else None

    def find(self, text: str, words: frozenset[str]) -> list[str]:
        """The phrases in a text; `words` has at least those of `plain_words(text)`."""
        return [] if self.needed_words.isdisjoint(words) else self.pattern.findall(text)


def first_word(text: str) -> str:
    """The run of letters, digits and underscores that a text starts with, in lower case, or ""."""
    found = _RUN.match(text)
    return found.group().lower() if found else ""


def plain_words(text: str) -> frozenset[str]:
    """The runs of letters, digits and underscores of a text, in lower case."""
    return frozenset(word_runs(text.lower()))


def with_words(pattern: str, phrases: Sequence[str], *, in_lower_case: bool = False) -> Phrases:
    """A pattern whose every match contains one of the phrases. Each phrase has to start with a word."""
    runs = [_RUN.findall(phrase.lower()) for phrase in phrases]
    return Phrases(
        re.compile(pattern, 0 if in_lower_case else re.IGNORECASE),
        frozenset(words[0] for words in runs),
        frozenset(max(words, key=len) for words in runs),
    )


def at_start(phrases: Sequence[str]) -> Phrases:
    """The phrases at the start of a text, in small letters or capitals."""
    return with_words(f"(?:{alternatives(phrases)})", phrases)


def anywhere(phrases: Sequence[str], *, in_lower_case: bool = False) -> Phrases:
    """The phrases in a text; with `in_lower_case`, for a text in lower case, which takes half the time."""
    # most places are ruled out by one letter, which is faster than to try each phrase
    first = re.escape("".join(sorted({phrase[0] for phrase in phrases})).replace("'", "'’")) or "x"
    pattern = rf"(?<!\w)(?=[{first}])(?:{alternatives(phrases)})"
    return with_words(pattern, phrases, in_lower_case=in_lower_case)


def alternatives(phrases: Sequence[str]) -> str:
    """A regular expression for any of the phrases, the longest first; each ends with its last word."""
    if not phrases:
        return r"(?!)"
    longest_first = sorted(phrases, key=len, reverse=True)
    spelled = [re.escape(phrase).replace("'", "['’]").replace(r"\ ", r"\s+") for phrase in longest_first]
    return "|".join(one + (r"(?![\w’'])" if one[-1].isalnum() else "") for one in spelled)
