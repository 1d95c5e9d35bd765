"""Parses the text of a message into a `Command`.

The words of each language are in `command_words.toml`. A line is a command only if it contains nothing
else except a community, a link and polite words, so that a sentence about deleting deletes nothing.
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
"""Characters of a line that are parsed."""


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


@dataclass(frozen=True, slots=True)
class Command:
    """A command with its arguments."""

    verb: Verb
    community: str | None = None
    """`name@host` or a bare name, in lower case."""
    link: str | None = None
    body: str = ""
    """The lines below the command, after one blank line for each line above, so that line numbers stay."""
    language: str | None = None
    """ISO 639-1 of the command's words; None for English."""


_LINK = re.compile(r"https?://[^\s<>\"\])]+")
_COMMUNITY_NAME = re.compile(
    r"(?:^|(?<=[\s(]))"
    r"(?:(?:!|/?[cm]/)(?P<name>[a-z0-9_.-]+@[a-z0-9.-]+(?::\d+)?)|/?r/(?P<sub>[a-z0-9_]{2,21})"
    r"|!(?P<bare>[a-z0-9_]+)|(?P<plain>[a-z0-9_.-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?))(?![\w@])",
    re.IGNORECASE,
)
_COMMUNITY_URL = re.compile(
    r"https?://(?P<host>[^/\s]+)/(?:c|m)/(?P<name>[\w.-]+)(?:@(?P<home>[\w.:-]+))?/?$|"
    r"https?://(?:\w+\.)?reddit\.com/r/(?P<sub>\w+)/?$",
    re.IGNORECASE,
)
_USER_MENTION = re.compile(r"(?<![\w/@])(?:@[\w.-]+@[\w.:-]+|/?u/[\w-]+)")
_MARKDOWN_LINK = re.compile(r"\[([^\[\]]*+)\]\(([^)\s]*+)[^)]*+\)")


def parse_command(text: str, subject: str = "") -> Command | None:
    """The command in a text; None if there is none.

    User names (`@name@host`, `u/name`) are ignored, because a comment that mentions the bot contains
    its name. If the text is not a command, the subject of the message is parsed.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    for number, line in enumerate(lines):
        words = _strip_markup(line)
        command = _parse_line(words, lines, number + 1)
        if command is not None:
            return command
        if not _vocabulary().is_filler(_normalize(words)):
            break
    subject = _strip_markup(subject)
    return _parse_line(subject, lines, 0) if subject else None


def says_it_is_a_bot(text: str) -> bool:
    """Whether a text says that a bot wrote it."""
    normalized = _normalize(text[:MAX_LINE_LENGTH])
    return any(re.search(rf"\b{re.escape(phrase)}\b", normalized) for phrase in _vocabulary().bot_phrases)


def _strip_markup(line: str) -> str:
    """A line without user mentions and Markdown; empty if no letters or digits are left."""
    line = line[:MAX_LINE_LENGTH]  # many unclosed brackets take quadratic time
    line = _MARKDOWN_LINK.sub(lambda found: f" {found[2] if '@' not in found[1] else found[1]} ", line)
    line = _USER_MENTION.sub(" ", line.strip(" \t\u00a0*`~>#"))
    return line if re.search(r"[^\W_]", line) else ""


def _parse_line(line: str, lines: list[str], body_start: int) -> Command | None:
    community, link, words = _parse_arguments(line)
    found = _vocabulary().find_verb(words)
    if found is None:
        return None
    verb, language = found
    body = "\n" * body_start + "\n".join(lines[body_start:])
    return Command(verb, community, link, body if body.strip() else "", language)


def _parse_arguments(line: str) -> tuple[str | None, str | None, str]:
    """The community and the link in a line, and the remaining words."""
    links: list[str] = _LINK.findall(line)
    community_urls = [match for link in links if (match := _COMMUNITY_URL.match(link))]
    line = _LINK.sub(" ", line)
    community = _community_of(_COMMUNITY_NAME.search(line), next(iter(community_urls), None))
    other_links = [link.rstrip(".,;!?") for link in links if not _COMMUNITY_URL.match(link)]
    return community, next(iter(other_links), None), _COMMUNITY_NAME.sub(" ", line)


def _community_of(name: re.Match[str] | None, url: re.Match[str] | None) -> str | None:
    if name is not None:
        return next(part for part in name.groups() if part).lower().rstrip(".")
    if url is None:
        return None
    if url["sub"]:
        return url["sub"].lower()
    return f"{url['name']}@{url['home'] or url['host']}".lower()


def _normalize(text: str) -> str:
    """Lower case, without accents and punctuation, with single spaces."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    without_accents = "".join(char for char in decomposed if unicodedata.category(char)[0] != "M")
    return " ".join(re.sub(r"[^\w]+", " ", without_accents).split())


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    """The normalized phrases of `command_words.toml`."""

    commands: dict[str, tuple[Verb, str | None]]
    fillers: frozenset[str]
    bot_phrases: frozenset[str]

    def find_verb(self, text: str) -> tuple[Verb, str | None] | None:
        """The command and its language, if all other words are fillers; the longest phrase wins."""
        words = _normalize(text).split()
        for length in range(min(len(words), 5), 0, -1):
            for start in range(len(words) - length + 1):
                found = self.commands.get(" ".join(words[start : start + length]))
                rest = " ".join(words[:start]), " ".join(words[start + length :])
                if found is not None and all(map(self.is_filler, rest)):
                    return found
        return None

    def is_filler(self, text: str) -> bool:
        """Whether a text consists of filler phrases only."""
        words = text.split()
        while words:
            size = next((n for n in (3, 2, 1) if " ".join(words[:n]) in self.fillers), 0)
            if not size:
                return False
            del words[:size]
        return True


@cache
def _vocabulary() -> _Vocabulary:
    data = tomllib.loads(
        files("bot.inbox.commands").joinpath("command_words.toml").read_text(encoding="utf-8")
    )
    commands: dict[str, tuple[Verb, str | None]] = {}
    for name, languages in data["commands"].items():
        for language, phrases in languages.items():
            for phrase in phrases:
                verb = Verb(name), None if language == "en" else language
                commands.setdefault(_normalize(phrase), verb)
    return _Vocabulary(
        commands,
        frozenset(map(_normalize, data["fillers"]["phrases"])),
        frozenset(map(_normalize, data["bots"]["phrases"])),
    )
