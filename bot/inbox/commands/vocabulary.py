"""The words of commands, from `command_words.toml`, and the form in which they are compared."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files

from msgspec import Struct

MAX_NORMALIZED_LENGTH = 2_000
"""Characters of a normalized text: normalization makes up to 18 of one."""
MAX_PHRASE_WORDS = 5
"""Words of the longest phrase."""
MAX_FILLERS = 6
"""Polite words before a command that is followed by something else."""


class Verb(StrEnum):
    """The commands. The values are the names in `command_words.toml`."""

    SETTINGS = "settings"
    SET = "set"
    RESET = "reset"
    SHOW = "show"
    TRY = "try"
    PAUSE = "pause"
    RESUME = "resume"
    LEAVE = "leave"
    START = "start"
    REPORT = "report"
    REPORT_WEEKLY = "report-weekly"
    STOP_REPORT = "stop-report"
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


_EVERYTHING = frozenset(
    [
        "all",
        "everything",
        "alle",
        "alles",
        "tous",
        "tout",
        "toutes",
        "todo",
        "todos",
        "todas",
        "tudo",
        "tutto",
        "tutti",
        "tutte",
        "allemaal",
    ]
)


def names_everything(text: str) -> bool:
    """Whether a text means all settings."""
    words = [word for word in normalize(text).split() if word not in vocabulary().fillers]
    return len(words) == 1 and words[0] in _EVERYTHING


class Phrase(Struct, frozen=True):
    """A command in words."""

    verb: Verb
    languages: tuple[str, ...]
    """ISO 639-1; several languages may share a phrase."""


class Vocabulary(Struct, frozen=True):
    """The normalized phrases of `command_words.toml`."""

    commands: Mapping[str, Phrase]
    fillers: Mapping[str, tuple[str, ...]]
    """Each with its languages."""
    bot_phrases: frozenset[str]
    words: Mapping[Verb, Mapping[str, str]]
    """The first phrase of each command in each language, as it is written in answers."""

    def find_phrase(self, text: str) -> Phrase | None:
        """The command in a text, if all other words are fillers; the longest phrase wins."""
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

    def split_phrase(self, text: str) -> tuple[Phrase, str] | None:
        """The command that a text begins with, after fillers, and the rest of the text as it is written."""
        tokens = text.split()
        for start in range(min(len(tokens), MAX_FILLERS) + 1):
            if start and not self.is_filler(normalize(" ".join(tokens[:start]))):
                continue
            for end in range(min(len(tokens), start + MAX_PHRASE_WORDS), start, -1):
                found = self.commands.get(normalize(" ".join(tokens[start:end])))
                if found is not None:
                    return found, " ".join(tokens[end:])
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
    commands: dict[str, Phrase] = {}
    for name, languages in data["commands"].items():
        for language, phrases in languages.items():
            for phrase in map(normalize, phrases):
                known = commands.setdefault(phrase, Phrase(Verb(name), ()))
                if known.verb == name:
                    commands[phrase] = Phrase(known.verb, (*known.languages, language))
    fillers: dict[str, tuple[str, ...]] = {}
    for language, phrases in data["fillers"].items():
        for phrase in map(normalize, phrases):
            fillers[phrase] = (*fillers.get(phrase, ()), language)
    words = {
        Verb(name): {language: phrases[0] for language, phrases in languages.items()}
        for name, languages in data["commands"].items()
    }
    return Vocabulary(commands, fillers, frozenset(map(normalize, data["bots"]["phrases"])), words)
