"""What people write to the bot, as a command: text in, `Command` out, nothing else.

The words stand in `words.toml`, for each language. A command is one only when nothing else is said
besides a community, a link and politeness, so that no sentence about deleting deletes anything.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

MAX_LINE_LENGTH = 2_000
"""Characters of a message's first line that a command may stand in."""


class Verb(StrEnum):
    """What can be asked; the values are the names in `words.toml`."""

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


@dataclass(frozen=True, slots=True)
class Command:
    """What somebody asks for."""

    verb: Verb
    community: str | None = None
    """`name@host` or a bare name, lower case, where one is named."""
    link: str | None = None
    body: str = ""
    """The lines below the command; those above are blank in it, so that lines keep their numbers."""
    language: str | None = None
    """ISO 639-1 of the words, where they are not English."""


_LINK = re.compile(r"https?://[^\s<>\"\])]+")
_NAMED = re.compile(
    r"(?:^|(?<=[\s(]))"
    r"(?:(?:!|/?[cm]/)(?P<name>[a-z0-9_.-]+@[a-z0-9.-]+(?::\d+)?)|/?r/(?P<sub>[a-z0-9_]{2,21})"
    r"|!(?P<bare>[a-z0-9_]+)|(?P<plain>[a-z0-9_.-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?))(?![\w@])",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"https?://(?P<host>[^/\s]+)/(?:c|m)/(?P<name>[\w.-]+)(?:@(?P<home>[\w.:-]+))?/?$|"
    r"https?://(?:\w+\.)?reddit\.com/r/(?P<sub>\w+)/?$",
    re.IGNORECASE,
)
_PERSON = re.compile(r"(?<![\w/@])(?:@[\w.-]+@[\w.:-]+|/?u/[\w-]+)")
_MARKDOWN_LINK = re.compile(r"\[([^\[\]]*+)\]\(([^)\s]*+)[^)]*+\)")


def parse_command(text: str, subject: str = "") -> Command | None:
    """The command that a text is, or None when it is none.

    People's names (`@name@host`, `u/name`) may stand around a command, for a comment that speaks to
    the bot names it. The subject of a message is looked at where the text is no command by itself.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    for number, line in enumerate(lines):
        found = _command(_said(line), lines, number + 1)
        if found is not None:
            return found
        if not _vocabulary().is_around(_plain(_said(line))):
            break
    subject = _said(subject)
    return _command(subject, lines, 0) if subject else None


def says_it_is_a_bot(text: str) -> bool:
    """Whether a text says that a bot wrote it."""
    plain = _plain(text[:MAX_LINE_LENGTH])
    return any(re.search(rf"\b{re.escape(phrase)}\b", plain) for phrase in _vocabulary().machines)


def _said(line: str) -> str:
    """A line without mentions of people and without Markdown around it."""
    line = line[:MAX_LINE_LENGTH]  # a flood of beginnings of links takes time that grows with its square
    line = _MARKDOWN_LINK.sub(lambda found: f" {found[2] if '@' not in found[1] else found[1]} ", line)
    line = _PERSON.sub(" ", line.strip(" \t\u00a0*`~>#"))
    return line if re.search(r"[^\W_]", line) else ""


def _command(line: str, lines: list[str], body_from: int) -> Command | None:
    community, link, words = _arguments(line)
    found = _vocabulary().verb(words)
    if found is None:
        return None
    verb, language = found
    body = "\n" * body_from + "\n".join(lines[body_from:])
    return Command(verb, community, link, body if body.strip() else "", language)


def _arguments(line: str) -> tuple[str | None, str | None, str]:
    """The community and the link in a line, and the words that are left."""
    links: list[str] = _LINK.findall(line)
    named = [match for link in links if (match := _ADDRESS.match(link))]
    line = _LINK.sub(" ", line)
    community = _community(_NAMED.search(line), next(iter(named), None))
    others = [link.rstrip(".,;!?") for link in links if not _ADDRESS.match(link)]
    return community, next(iter(others), None), _NAMED.sub(" ", line)


def _community(named: re.Match[str] | None, address: re.Match[str] | None) -> str | None:
    if named is not None:
        return next(part for part in named.groups() if part).lower().rstrip(".")
    if address is None:
        return None
    if address["sub"]:
        return address["sub"].lower()
    return f"{address['name']}@{address['home'] or address['host']}".lower()


def _plain(text: str) -> str:
    """Lower case without accents and punctuation, single spaces."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(char for char in letters if unicodedata.category(char)[0] != "M")
    return " ".join(re.sub(r"[^\w]+", " ", kept).split())


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    phrases: dict[str, tuple[Verb, str | None]]
    around: frozenset[str]
    machines: frozenset[str]

    def verb(self, words: str) -> tuple[Verb, str | None] | None:
        """The command, when nothing but words around it is left; the longest phrase counts."""
        said = _plain(words).split()
        for length in range(min(len(said), 5), 0, -1):
            for start in range(len(said) - length + 1):
                found = self.phrases.get(" ".join(said[start : start + length]))
                rest = " ".join(said[:start]), " ".join(said[start + length :])
                if found is not None and all(map(self.is_around, rest)):
                    return found
        return None

    def is_around(self, words: str) -> bool:
        """Whether some words are made of phrases that change nothing."""
        left = words.split()
        while left:
            size = next((n for n in (3, 2, 1) if " ".join(left[:n]) in self.around), 0)
            if not size:
                return False
            del left[:size]
        return True


@cache
def _vocabulary() -> _Vocabulary:
    data = tomllib.loads(
        files("bot.inbox.commands").joinpath("command_words.toml").read_text(encoding="utf-8")
    )
    phrases: dict[str, tuple[Verb, str | None]] = {}
    for name, languages in data["commands"].items():
        for language, ways in languages.items():
            for way in ways:
                phrases.setdefault(_plain(way), (Verb(name), None if language == "en" else language))
    return _Vocabulary(
        phrases,
        frozenset(map(_plain, data["around"]["words"])),
        frozenset(map(_plain, data["machines"]["words"])),
    )
