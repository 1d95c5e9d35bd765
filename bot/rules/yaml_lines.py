"""The settings language: plain YAML of `key: value` lines, read as events, so that nothing is ever built.

Values stay text (`no` is Norwegian as well as false); the fields of `CommunityRules` know what they
mean. Anchors, aliases, tags, nesting and repeated keys are mistakes with a line. The size is limited
before anything is parsed, so no text takes long. Format: YAML 1.1, https://yaml.org/spec/1.1/.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import yaml
from yaml import events

from bot.rules.pasted_text import normalize_pasted_text
from bot.rules.setting_errors import InvalidSettings, SettingProblem

MAX_CHARACTERS = 20_000
"""Far more than all settings with a comment each."""
MAX_PROBLEMS = 20
"""Nobody reads more at once."""

Value = str | tuple[str, ...] | None
"""A list may stand in brackets or below its key; None where nothing stands behind the key."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One setting as it was written."""

    key: str
    value: Value
    line: int
    """From 1."""


def parse_entries(text: str) -> tuple[Entry, ...]:
    """The entries of a text in its order. Raises `Mistaken`, and nothing else, whatever the text."""
    if len(text) > MAX_CHARACTERS:
        raise InvalidSettings([SettingProblem(1, "too-large", {"most": MAX_CHARACTERS})])
    try:
        entries = tuple(_entries(_Events(normalize_pasted_text(text))))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise InvalidSettings([SettingProblem(mark.line + 1 if mark else 1, "unreadable")]) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise InvalidSettings([SettingProblem(1, "unreadable")]) from error
    if not entries:
        raise InvalidSettings([SettingProblem(1, "no-settings")])
    _once(entries)
    return entries


def _once(entries: tuple[Entry, ...]) -> None:
    seen: set[str] = set()
    twice: list[SettingProblem] = []
    for entry in entries:
        if entry.key in seen:
            twice.append(SettingProblem(entry.line, "twice", {"key": safe_excerpt(entry.key)}))
        seen.add(entry.key)
    if twice:
        raise InvalidSettings(twice[:MAX_PROBLEMS])


def safe_excerpt(text: str) -> str:
    """Strangers' words inside our own sentence: short, on one line, and without effect in Markdown."""
    kept = "".join(char if char.isalnum() or char in " _-:" else "·" for char in " ".join(text.split()))
    return kept if len(kept) <= 40 else f"{kept[:39]}…"


class _Events:
    """PyYAML's events one by one, without those that settings have no use for."""

    def __init__(self, text: str) -> None:
        self._events = yaml.parse(text, Loader=yaml.SafeLoader)

    def next(self) -> events.Event:
        event: events.Event = next(self._events)
        tag = getattr(event, "tag", None)
        if isinstance(event, events.AliasEvent) or getattr(event, "anchor", None) or tag not in (None, "!"):
            raise InvalidSettings([SettingProblem(_line(event), "special")])
        if isinstance(event, events.DocumentStartEvent) and event.tags:
            raise InvalidSettings([SettingProblem(_line(event), "special")])
        return event


def _line(event: events.Event) -> int:
    return int(event.start_mark.line) + 1 if event.start_mark else 1


def _entries(source: _Events) -> Iterator[Entry]:
    source.next()  # the stream begins
    if isinstance(source.next(), events.StreamEndEvent):
        return
    event = source.next()
    if isinstance(event, events.ScalarEvent) and not event.value.strip():
        return
    if not isinstance(event, events.MappingStartEvent):
        raise InvalidSettings([SettingProblem(_line(event), "no-pair", example="sentences: 3")])
    while not isinstance(event := source.next(), events.MappingEndEvent):
        if not isinstance(event, events.ScalarEvent):
            raise InvalidSettings([SettingProblem(_line(event), "no-pair", example="sentences: 3")])
        key = event.value.strip().lower()
        yield Entry(key, _value(source, key), _line(event))
    source.next()  # the document ends
    event = source.next()
    if not isinstance(event, events.StreamEndEvent):
        raise InvalidSettings([SettingProblem(_line(event), "unreadable")])


def _value(source: _Events, key: str) -> Value:
    event = source.next()
    if isinstance(event, events.ScalarEvent):
        return None if event.implicit[0] and event.value in ("", "~", "null") else str(event.value)
    if not isinstance(event, events.SequenceStartEvent):
        raise InvalidSettings([SettingProblem(_line(event), "nested", {"key": safe_excerpt(key)})])
    items: list[str] = []
    while not isinstance(event := source.next(), events.SequenceEndEvent):
        if not isinstance(event, events.ScalarEvent):
            raise InvalidSettings([SettingProblem(_line(event), "nested", {"key": safe_excerpt(key)})])
        items.append(event.value)
    return tuple(items)
