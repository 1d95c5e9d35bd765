"""Reads settings that are written on the line of their command, or without a command.

`set !news@lemmy.example layout: bullets` and, in a private message, just `layout: bullets`.
"""

from __future__ import annotations

import re

from msgspec import Struct

from bot.core.lazy_patterns import lazy_pattern
from bot.inbox.commands.vocabulary import Phrase, Verb, normalize, vocabulary
from bot.rules.automoderator import is_automoderator_rule
from bot.rules.setting_names import is_misspelt_name, nearest_setting, setting_named
from bot.rules.yaml_lines import safe_excerpt

_SETTING_VERBS = (Verb.SET, Verb.SETTINGS)
_EQUALS = lazy_pattern(r"[:=：](?!//)")
MAX_NAME_WORDS = 5
"""Words of the name of a setting."""


class InlineSetting(Struct, frozen=True):
    """A line `name: value`, and the command before it; None for a line without a command."""

    phrase: Phrase | None
    line: str
    has_community: bool
    """Whether the community on the line is not part of the value."""


def find_inline_setting(
    line: str, community: tuple[int, int] | None, *, private: bool
) -> InlineSetting | None:
    """The setting on a line. `community` is the position of the community's name on it.

    In a comment, which may be a conversation, it must have a command and the name of a setting.
    """
    line = line.strip(" \t*`~")
    masked = line if community is None else _mask(line, *community)
    equals = _EQUALS.search(masked)
    if equals is None:
        found = vocabulary().split_phrase(masked) if private else None
        is_setting = found is not None and found[0].verb in _SETTING_VERBS and _begins_with_name(found[1])
        return InlineSetting(found[0], found[1], community is not None) if found and is_setting else None
    head, value = masked[: equals.start()], line[equals.end() :].strip()
    has_community = community is not None and community[0] < equals.start()
    if community is not None and not has_community and not _is_name(line[community[1] :]):
        before = line[equals.end() : community[0]]
        value, has_community = _without_trailing_fillers(before), True
    found = vocabulary().split_phrase(head)
    if found is None or found[0].verb not in _SETTING_VERBS:
        is_bare = private and (is_setting_name(head) or is_automoderator_rule(line))
        return InlineSetting(None, f"{head.strip()}: {value}", has_community) if is_bare else None
    phrase, name = found
    if not name:
        return find_inline_setting(f"{phrase_text(phrase)} {value}", None, private=private) if value else None
    if not private and not is_setting_name(name):
        return None
    return InlineSetting(phrase, f"{name}: {value}", has_community)


def phrase_text(phrase: Phrase) -> str:
    """A command in its first language."""
    return vocabulary().words[phrase.verb][phrase.languages[0]]


def is_setting_name(text: str) -> bool:
    """Whether a text is the name of a setting in any language, with at most two typing errors."""
    if len(text.split()) > MAX_NAME_WORDS:
        return False
    if setting_named(text):
        return True
    letters = sum(char.isalpha() for char in text)
    return letters > 3 and is_misspelt_name(text, 1 if letters < 6 else 2)


def example_setting(text: str) -> str:
    """The first line of settings with the English name of the setting that was probably meant."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    name, _, value = line.partition(":")
    setting = nearest_setting(name) if value else None
    return f"{setting}: {safe_excerpt(value)}" if setting else "layout: bullets"


def _begins_with_name(text: str) -> bool:
    """Whether the first words are the name of a setting."""
    words = text.split()
    return any(
        is_setting_name(" ".join(words[:size])) for size in range(1, min(len(words), MAX_NAME_WORDS) + 1)
    )


def setting_names_in(text: str) -> tuple[list[str], list[str]]:
    """The settings that a text names one after the other, and the words that are no names."""
    names: list[str] = []
    unknown: list[str] = []
    words = [word for word in re.split(r"[\s,;]+", text) if word]
    while words:
        for size in range(min(len(words), MAX_NAME_WORDS), 0, -1):
            found = setting_named(" ".join(words[:size]))
            if found:
                names.append(found)
                break
        else:
            size = 1
            if not vocabulary().is_filler(normalize(words[0])):
                unknown.append(words[0])
        words = words[size:]
    return names, unknown


def _mask(line: str, start: int, end: int) -> str:
    return f"{line[:start]}{' ' * (end - start)}{line[end:]}"


def _is_name(text: str) -> bool:
    """Whether words follow that are part of a value."""
    words = normalize(text)
    return bool(words) and not vocabulary().is_filler(words)


def _without_trailing_fillers(text: str) -> str:
    words = text.split()
    while words and normalize(words[-1]) in vocabulary().fillers:
        words.pop()
    return " ".join(words)
