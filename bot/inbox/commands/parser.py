"""Parses the text of a message into a `Command`.

The words of each language are in `command_words.toml`. A line is a command only if it contains nothing
else except a community, a link and polite words, so that a sentence about deleting deletes nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.inbox.commands.vocabulary import Verb, normalize, vocabulary
from bot.inbox.message_links import IMAGE, MARKDOWN_LINK, links_in, without_links

__all__ = ["Command", "Verb", "parse_command", "says_it_is_a_bot"]

MAX_LINE_LENGTH = 2_000
"""Characters of a line that are parsed. Its link may be long."""
MAX_LINES = 50
"""Lines that are searched for a command."""
MAX_WORDS_LENGTH = 400
"""Characters of a line without its links. A longer line is prose, not a command."""


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


def parse_command(text: str, subject: str = "") -> Command | None:
    """The command in a text; None if there is none.

    User names (`@name@host`, `u/name`) are ignored, because a comment that mentions the bot contains
    its name. If the text is not a command, the subject of the message is parsed. Every step is limited,
    so that the time is bounded for any text.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    for number, line in enumerate(lines[:MAX_LINES]):
        words = _strip_markup(line)
        if words is None:
            break
        command = _parse_line(words, lines, number + 1)
        if command is not None:
            return command
        if not vocabulary().is_filler(normalize(words)):
            break
    subject_words = _strip_markup(subject)
    return _parse_line(subject_words, lines, 0) if subject_words else None


def says_it_is_a_bot(text: str) -> bool:
    """Whether a text says that a bot wrote it."""
    normalized = normalize(text[:MAX_LINE_LENGTH])
    return any(re.search(rf"\b{re.escape(phrase)}\b", normalized) for phrase in vocabulary().bot_phrases)


def _strip_markup(line: str) -> str | None:
    """A line without user mentions and Markdown; empty if no letters or digits are left.

    None for a line that is too long for a command.
    """
    line = line[:MAX_LINE_LENGTH]  # many unclosed brackets take quadratic time
    line = MARKDOWN_LINK.sub(_shown_part, IMAGE.sub(" ", line))
    if len(without_links(line)) > MAX_WORDS_LENGTH:  # many signs before a name take quadratic time
        return None
    line = _USER_MENTION.sub(" ", line.strip(" \t\u00a0*`~>#"))
    return line if re.search(r"[^\W_]", line) else ""


def _shown_part(link: re.Match[str]) -> str:
    """The target of a Markdown link; the text of a mention."""
    return f" {link['text'] if '@' in link['text'] else link['target']} "


def _parse_line(line: str, lines: list[str], body_start: int) -> Command | None:
    community, link, words = _parse_arguments(line)
    found = vocabulary().find_verb(words)
    if found is None:
        return None
    verb, language = found
    body = "\n" * body_start + "\n".join(lines[body_start:])
    return Command(verb, community, link, body if body.strip() else "", language)


def _parse_arguments(line: str) -> tuple[str | None, str | None, str]:
    """The community and the link in a line, and the remaining words."""
    links = [link.url for link in links_in(line)]
    community_urls = [match for link in links if (match := _COMMUNITY_URL.match(link))]
    line = without_links(line)
    community = _community_of(_COMMUNITY_NAME.search(line), next(iter(community_urls), None))
    other_links = [link for link in links if not _COMMUNITY_URL.match(link)]
    return community, next(iter(other_links), None), _COMMUNITY_NAME.sub(" ", line)


def _community_of(name: re.Match[str] | None, url: re.Match[str] | None) -> str | None:
    if name is not None:
        return next(part for part in name.groups() if part).lower().rstrip(".")
    if url is None:
        return None
    if url["sub"]:
        return url["sub"].lower()
    return f"{url['name']}@{url['home'] or url['host']}".lower()
