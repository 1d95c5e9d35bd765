"""The words of commands, from `command_words.toml`, and the form in which they are compared."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

MAX_NORMALIZED_LENGTH = 2_000
"""Characters of a normalized text: normalization makes up to 18 of one."""
MAX_PHRASE_WORDS = 5
"""Words of the longest phrase."""


class Verb(StrEnum):
    """The commands. The values are the names in `command_words.toml`."""

    SETTINGS = "settings"
    SHOW = "show"
    TRY = "try"
    PAUSE = "pause"
    RESUME = "resume"
    LEAVE = "leave"
    START = "start"
    DELETE = "delete"
    OPT_OUT = "opt-out"
    OPT_IN = "opt-in"
    HELP = "help"
    WHY = "why"
    GOOD = "good"
    BAD = "bad"


def normalize(text: str) -> str:
    """Lower case, without accents and punctuation, with single spaces; cut at `MAX_NORMALIZED_LENGTH`."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())[:MAX_NORMALIZED_LENGTH]
    without_accents = "".join(char for char in decomposed if unicodedata.category(char)[0] != "M")
    return " ".join(re.sub(r"[^\w]+", " ", without_accents).split())


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The normalized phrases of `command_words.toml`."""

    commands: dict[str, tuple[Verb, str | None]]
    fillers: frozenset[str]
    bot_phrases: frozenset[str]

    def find_verb(self, text: str) -> tuple[Verb, str | None] | None:
        """The command and its language, if all other words are fillers; the longest phrase wins."""
        words = normalize(text).split()
        before = self._filler_prefixes(words)
        after = self._filler_prefixes(words[::-1], backwards=True)[::-1]
        for length in range(min(len(words), MAX_PHRASE_WORDS), 0, -1):
            for start in range(len(words) - length + 1):
                if before[start] and after[start + length]:
                    found = self.commands.get(" ".join(words[start : start + length]))
                    if found is not None:
                        return found
        return None

    def is_filler(self, text: str) -> bool:
        """Whether a text consists of filler phrases only."""
        return self._filler_prefixes(text.split())[-1]

    def _filler_prefixes(self, words: list[str], *, backwards: bool = False) -> list[bool]:
        """For each number of words from 0, whether that many first words are filler phrases only."""
        step = -1 if backwards else 1
        prefixes = [True]
        for end in range(1, len(words) + 1):
            sizes = range(1, min(end, MAX_PHRASE_WORDS) + 1)
            prefixes.append(
                any(
                    prefixes[end - size] and " ".join(words[end - size : end][::step]) in self.fillers
                    for size in sizes
                )
            )
        return prefixes


@cache
def vocabulary() -> Vocabulary:
    """The phrases of all languages."""
    data = tomllib.loads(
        files("bot.inbox.commands").joinpath("command_words.toml").read_text(encoding="utf-8")
    )
    commands: dict[str, tuple[Verb, str | None]] = {}
    for name, languages in data["commands"].items():
        for language, phrases in languages.items():
            for phrase in phrases:
                verb = Verb(name), None if language == "en" else language
                commands.setdefault(normalize(phrase), verb)
    return Vocabulary(
        commands,
        frozenset(map(normalize, data["fillers"]["phrases"])),
        frozenset(map(normalize, data["bots"]["phrases"])),
    )
