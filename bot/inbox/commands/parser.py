"""Parses the text of a message into a `Command`.

The words of each language are in `command_words.toml`. A line is a command only if it contains nothing
else except a community, a link and polite words, so that a sentence about deleting deletes nothing.
"""

from __future__ import annotations

import re

from msgspec import Struct
from msgspec.structs import replace

from bot.core.lazy_patterns import lazy_pattern
from bot.inbox.commands.inline_settings import find_inline_setting, is_setting_name, setting_names_in
from bot.inbox.commands.message_language import message_languages
from bot.inbox.commands.vocabulary import Verb, names_everything, normalize, vocabulary
from bot.inbox.message_links import IMAGE, MARKDOWN_LINK, links_in, without_links
from bot.rules.automoderator import is_automoderator_rule

__all__ = ["Command", "Verb", "parse_arguments", "parse_command", "says_it_is_a_bot", "strip_markup"]

_CHANGES = frozenset({Verb.SET, Verb.RESET})
"""Their words are common: in a comment they need the name of a setting."""
MAX_LINE_LENGTH = 2_000
"""Characters of a line that are parsed. Its link may be long."""
MAX_LINES = 50
"""Lines that are searched for a command."""
MAX_WORDS_LENGTH = 400
"""Characters of a line without its links. A longer line is prose, not a command."""


class Command(Struct, frozen=True):
    """A command with its arguments."""

    verb: Verb
    community: str | None = None
    """`name@host` or a bare name, in lower case."""
    link: str | None = None
    body: str = ""
    """The lines of settings, after one blank line for each line above, so that line numbers stay."""
    languages: tuple[str, ...] = ()
    """ISO 639-1 of the languages that the message may be in, the most likely first; empty if it may be in
    English."""
    arguments: str = ""
    """What follows the command and is none of these."""


_COMMUNITY_NAME = lazy_pattern(
    r"(?:^|(?<=[\s(]))"
    r"(?:(?:!|/?[cm]/)(?P<name>[a-z0-9_.-]+@[a-z0-9.-]+(?::\d+)?)|/?r/(?P<sub>[a-z0-9_]{2,21})"
    r"|!(?P<bare>[a-z0-9_]+)|(?P<plain>[a-z0-9_.-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?))(?![\w@])",
    re.IGNORECASE,
)
_COMMUNITY_URL = lazy_pattern(
    r"https?://(?P<host>[^/\s]+)/(?:c|m)/(?P<name>[\w.-]+)(?:@(?P<home>[\w.:-]+))?/?$|"
    r"https?://(?:\w+\.)?reddit\.com/r/(?P<sub>\w+)/?$",
    re.IGNORECASE,
)
_USER_MENTION = lazy_pattern(r"(?<![\w/@])(?:@[\w.-]+@[\w.:-]+|/?u/[\w-]+)")
_LEADING_MENTIONS = lazy_pattern(rf"^(?:{_USER_MENTION.pattern}\s*)+")
"""In a private message, a name behind these may be part of a value."""


def parse_command(text: str, subject: str = "", *, private: bool = False) -> Command | None:
    """The command in a text; None if there is none.

    User names (`@name@host`, `u/name`) are ignored, because a comment that mentions the bot contains
    its name. If the text is not a command, the subject of the message is parsed. A `private` message may
    consist of settings alone. Every step is limited, so that the time is bounded for any text.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    for number, line in enumerate(lines[:MAX_LINES]):
        words = strip_markup(line)
        if words is None and not private:
            break
        command = _parse_line(words, lines, number + 1, private) if words is not None else None
        command = command or _parse_setting(line, lines, number, private)
        if command is not None:
            return replace(command, languages=message_languages(command.languages, text))
        if words is None or not vocabulary().is_filler(normalize(words)):
            break
    subject_words = strip_markup(subject)
    command = _parse_line(subject_words, lines, 0, private) if subject_words else None
    if command is not None:
        return replace(command, languages=message_languages(command.languages, text))
    if private and is_automoderator_rule(text):
        return Command(Verb.SET, body=text)
    return None


def says_it_is_a_bot(text: str) -> bool:
    """Whether a text says that a bot wrote it."""
    normalized = normalize(text[:MAX_LINE_LENGTH])
    return any(re.search(rf"\b{re.escape(phrase)}\b", normalized) for phrase in vocabulary().bot_phrases)


def strip_markup(line: str) -> str | None:
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


def _parse_line(line: str, lines: list[str], body_start: int, private: bool) -> Command | None:
    community, link, words = parse_arguments(line)
    body = "\n" * body_start + "\n".join(lines[body_start:])
    body = body if body.strip() else ""
    found = vocabulary().find_phrase(words)
    if found is not None and (private or found.verb not in _CHANGES or _has_setting(body)):
        return Command(found.verb, community, link, body, found.languages)
    with_rest = vocabulary().split_phrase(words)
    if with_rest is None:
        return None
    phrase, rest = with_rest
    names, unknown = setting_names_in(rest)
    is_list = phrase.verb is Verb.RESET and bool(names or community or (private and len(unknown) == 1))
    if is_list or (phrase.verb in (Verb.SHOW, Verb.RESET) and names_everything(rest)):
        return Command(phrase.verb, community, link, body, phrase.languages, rest)
    return None


def _has_setting(body: str) -> bool:
    """Whether the first line says something of the form `setting: value`."""
    line = next((line for line in body.splitlines()[:MAX_LINES] if line.strip()), "")
    name, separator, _ = line[:MAX_WORDS_LENGTH].partition(":")
    return bool(separator) and is_setting_name(name)


def _parse_setting(line: str, lines: list[str], number: int, private: bool) -> Command | None:
    """A setting on the line of its command, or alone. Its name and its community are near the beginning."""
    line, rest_of_value = line[:MAX_WORDS_LENGTH], line[MAX_WORDS_LENGTH:].rstrip(" \t*`~")
    if rest_of_value and line[-1].isspace():
        rest_of_value = f" {rest_of_value}"
    line = line.strip(" \t*`~")
    line = (_LEADING_MENTIONS if private else _USER_MENTION).sub(" ", line).strip()
    name = _COMMUNITY_NAME.search(line)
    url = next((link for link in links_in(line) if _COMMUNITY_URL.match(link.url)), None)
    position = name.span() if name else (url.start, url.end) if url else None
    found = find_inline_setting(line, position, private=private)
    if found is None:
        return None
    community = _community_of(name, _COMMUNITY_URL.match(url.url) if url else None)
    rest = "\n".join(lines[number + 1 :])
    body = (
        "\n" * number
        + (f"{found.line}{rest_of_value}" if found.phrase else lines[number])
        + (f"\n{rest}" if rest.strip() else "")
    )
    if found.has_community and found.phrase is None:
        body = "\n" * number + f"{found.line}{rest_of_value}"
    languages = found.phrase.languages if found.phrase else ()
    community = community if found.has_community else None
    return Command(Verb.SET, community, None, body, languages)


def parse_arguments(line: str) -> tuple[str | None, str | None, str]:
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
