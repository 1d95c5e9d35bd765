"""Parses settings: plain YAML of `key: value` lines, read as parser events, so that no object is constructed.

Values stay text (`no` is Norwegian as well as false); the fields of `CommunityRules` convert them.
Anchors, aliases, tags, nesting and repeated keys are errors with a line number. The size is limited
before parsing, so parsing time is limited too. Format: YAML 1.1, https://yaml.org/spec/1.1/.

A text that is not YAML as a whole is parsed entry by entry, so that one wrong line hides no other mistakes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from bot.rules.setting_errors import InvalidSettings, SettingProblem
from bot.rules.setting_names import nearest_setting
from bot.rules.value_lines import ValueLines

MAX_CHARACTERS = 20_000
"""Several times the length of all settings with a comment each."""
MAX_PROBLEMS = 20
"""Problems in one answer."""
_MAX_PARTS = 500
"""Entries that are parsed one by one."""

Value = str | tuple[str, ...] | None
"""A list is in brackets or on the lines below its key. None: nothing follows the key."""


class Entry(Struct, frozen=True):
    """One setting as it was written."""

    key: str
    value: Value
    line: int
    """From 1."""


class ParsedText(Struct, frozen=True):
    """The entries of a text, in its order, and what is wrong with its form."""

    entries: tuple[Entry, ...]
    problems: tuple[SettingProblem, ...]


def parse_entries(text: str) -> ParsedText:
    """The entries and the problems of any text."""
    if len(text) > MAX_CHARACTERS:
        return ParsedText((), (SettingProblem(1, "too-large", {"most": MAX_CHARACTERS}),))
    prepared = ValueLines(text)
    entries, problems = _parse_whole(prepared.lines)
    if problems:
        entries, problems = _parse_parts(prepared.lines, problems)
    problems += prepared.problems
    if not entries and not problems:
        problems = [SettingProblem(1, "no-settings")]
    unique, duplicates = _split_duplicates(entries)
    return ParsedText(unique, tuple(problems + duplicates))


def _parse_whole(lines: list[str]) -> tuple[list[Entry], list[SettingProblem]]:
    from bot.rules.yaml_events import read_entries  # here: a daemon starts without PyYAML

    try:
        return read_entries("\n".join(lines)), []
    except InvalidSettings as error:
        return [], list(error.problems)


def _parse_parts(lines: list[str], found: list[SettingProblem]) -> tuple[list[Entry], list[SettingProblem]]:
    """Each entry by itself. `found` is the problem of the whole text."""
    parts = list(_split_parts(lines))
    if len(parts) > _MAX_PARTS:
        return [], found
    entries: list[Entry] = []
    problems: list[SettingProblem] = []
    for number, part in parts:
        parsed, wrong = _parse_part(part)
        entries += [Entry(entry.key, entry.value, entry.line + number) for entry in parsed]
        problems += [
            SettingProblem(each.line + number, each.code, each.values, each.suggestion, each.example)
            for each in wrong
        ]
    if any(problem.code == "yaml-feature" for problem in (*found, *problems)):
        features = [problem for problem in (*found, *problems) if problem.code == "yaml-feature"]
        problems = [*features[:1], *(each for each in problems if each.code not in _CONSEQUENCES)]
    return entries, problems or found


_CONSEQUENCES = ("yaml-feature", "unreadable", "no-setting-line")
"""Problems that an earlier feature of YAML may be the cause of."""


def _split_parts(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """The lines of each entry, with the number of lines before it."""
    start = 0
    for number, line in enumerate(lines):
        if number and line and not re.match(r"[\s#\]]|- ", line):
            yield start, lines[start:number]
            start = number
    yield start, lines[start:]


def _parse_part(lines: list[str]) -> tuple[list[Entry], list[SettingProblem]]:
    entries, problems = _parse_whole(lines)
    first = next((index for index, line in enumerate(lines) if line.strip()), 0)
    if not problems and not entries and re.match(r"-{3}|\.{3}", lines[first]):
        return [], [SettingProblem(first + 1, "unreadable")]
    is_prose = not re.match(r"\s*[\w\"'`]+\s*:|[\[{&*!|>%@-]", lines[first])
    if problems and is_prose:
        return [], [_not_a_setting(lines[first], first + 1)]
    if problems and len(lines) > 1:  # a line below an entry that does not belong to it
        entries, own = _parse_whole(lines[: first + 1])
        rest = next((index for index, line in enumerate(lines) if index > first and line.strip()), None)
        if not own and rest is not None:
            return entries, [_not_a_setting(lines[rest], rest + 1)]
    return entries, problems


def _not_a_setting(line: str, number: int) -> SettingProblem:
    """A line without the form `name: value`, with the line that was probably meant."""
    name, _, value = line.strip().partition(" ")
    setting = nearest_setting(name) if value else None
    example = f"{setting}: {safe_excerpt(value)}" if setting else "sentences: 3"
    return SettingProblem(number, "no-setting-line", example=example)


def _split_duplicates(entries: list[Entry]) -> tuple[tuple[Entry, ...], list[SettingProblem]]:
    """The first entry of each name, and a problem for each further one."""
    unique: dict[str, Entry] = {}
    duplicates: list[SettingProblem] = []
    for entry in entries:
        if unique.setdefault(entry.key, entry) is not entry and len(duplicates) < MAX_PROBLEMS:
            duplicates.append(SettingProblem(entry.line, "duplicate", {"key": safe_excerpt(entry.key)}))
    return tuple(unique.values()), duplicates


def safe_excerpt(text: str) -> str:
    """Untrusted text to quote in an answer: at most 40 characters on one line, without Markdown."""
    safe = "".join(char if char.isalnum() or char in " _-:" else "·" for char in " ".join(text.split()))
    return safe if len(safe) <= 40 else f"{safe[:39]}…"
