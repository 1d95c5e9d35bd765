"""Parses settings: plain YAML of `key: value` lines, read as parser events, so that no object is constructed.

Values stay text (`no` is Norwegian as well as false); the fields of `CommunityRules` convert them.
Anchors, aliases, tags, nesting and repeated keys are errors with a line number. The size is limited
before parsing, so parsing time is limited too. Format: YAML 1.1, https://yaml.org/spec/1.1/.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import yaml
from yaml import events

from bot.rules.pasted_text import normalize_pasted_text
from bot.rules.setting_errors import InvalidSettings, SettingProblem

MAX_CHARACTERS = 20_000
"""Several times the length of all settings with a comment each."""
MAX_PROBLEMS = 20
"""Problems in one answer."""

Value = str | tuple[str, ...] | None
"""A list is in brackets or on the lines below its key. None: nothing follows the key."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One setting as it was written."""

    key: str
    value: Value
    line: int
    """From 1."""


def parse_entries(text: str) -> tuple[Entry, ...]:
    """The entries of a text, in its order. Raises `InvalidSettings`, and nothing else, for any text."""
    if len(text) > MAX_CHARACTERS:
        raise InvalidSettings([SettingProblem(1, "too-large", {"most": MAX_CHARACTERS})])
    try:
        entries = tuple(_iterate_entries(_EventReader(normalize_pasted_text(text))))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise InvalidSettings([SettingProblem(mark.line + 1 if mark else 1, "unreadable")]) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise InvalidSettings([SettingProblem(1, "unreadable")]) from error
    if not entries:
        raise InvalidSettings([SettingProblem(1, "no-settings")])
    _refuse_duplicates(entries)
    return entries


def _refuse_duplicates(entries: tuple[Entry, ...]) -> None:
    seen: set[str] = set()
    duplicates: list[SettingProblem] = []
    for entry in entries:
        if entry.key in seen:
            duplicates.append(SettingProblem(entry.line, "duplicate", {"key": safe_excerpt(entry.key)}))
        seen.add(entry.key)
    if duplicates:
        raise InvalidSettings(duplicates[:MAX_PROBLEMS])


def safe_excerpt(text: str) -> str:
    """Untrusted text to quote in an answer: at most 40 characters on one line, without Markdown."""
    safe = "".join(char if char.isalnum() or char in " _-:" else "·" for char in " ".join(text.split()))
    return safe if len(safe) <= 40 else f"{safe[:39]}…"


class _EventReader:
    """PyYAML's events one by one. Anchors, aliases, tags and directives are refused."""

    def __init__(self, text: str) -> None:
        self._events = yaml.parse(text, Loader=yaml.SafeLoader)

    def next(self) -> events.Event:
        event: events.Event = next(self._events)
        tag = getattr(event, "tag", None)
        if isinstance(event, events.AliasEvent) or getattr(event, "anchor", None) or tag not in (None, "!"):
            raise InvalidSettings([SettingProblem(_line_of(event), "yaml-feature")])
        if isinstance(event, events.DocumentStartEvent) and event.tags:
            raise InvalidSettings([SettingProblem(_line_of(event), "yaml-feature")])
        return event


def _line_of(event: events.Event) -> int:
    return int(event.start_mark.line) + 1 if event.start_mark else 1


def _iterate_entries(source: _EventReader) -> Iterator[Entry]:
    source.next()  # start of the stream
    if isinstance(source.next(), events.StreamEndEvent):
        return
    event = source.next()
    if isinstance(event, events.ScalarEvent) and not event.value.strip():
        return
    if not isinstance(event, events.MappingStartEvent):
        raise InvalidSettings([_not_a_setting_line(event)])
    while not isinstance(event := source.next(), events.MappingEndEvent):
        if not isinstance(event, events.ScalarEvent):
            raise InvalidSettings([_not_a_setting_line(event)])
        key = event.value.strip().lower()
        yield Entry(key, _parse_value(source, key), _line_of(event))
    source.next()  # end of the document
    event = source.next()
    if not isinstance(event, events.StreamEndEvent):
        raise InvalidSettings([SettingProblem(_line_of(event), "unreadable")])


def _not_a_setting_line(event: events.Event) -> SettingProblem:
    return SettingProblem(_line_of(event), "no-setting-line", example="sentences: 3")


def _parse_value(source: _EventReader, key: str) -> Value:
    event = source.next()
    if isinstance(event, events.ScalarEvent):
        return None if event.implicit[0] and event.value in ("", "~", "null") else str(event.value)
    if not isinstance(event, events.SequenceStartEvent):
        raise InvalidSettings([_nested(event, key)])
    items: list[str] = []
    while not isinstance(event := source.next(), events.SequenceEndEvent):
        if not isinstance(event, events.ScalarEvent):
            raise InvalidSettings([_nested(event, key)])
        items.append(event.value)
    return tuple(items)


def _nested(event: events.Event, key: str) -> SettingProblem:
    return SettingProblem(_line_of(event), "nested", {"key": safe_excerpt(key)})
