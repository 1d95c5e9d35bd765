"""The entries of a text that is YAML, from PyYAML's events: no object is constructed."""

from __future__ import annotations

from collections.abc import Iterator

import yaml
from yaml import events

from bot.rules.setting_errors import InvalidSettings, SettingProblem
from bot.rules.yaml_lines import Entry, Value, safe_excerpt


def read_entries(text: str) -> list[Entry]:
    """The entries of one document. Raises `InvalidSettings` with the first problem of its form."""
    try:
        return list(_iterate_entries(_EventReader(text)))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise InvalidSettings([SettingProblem(mark.line + 1 if mark else 1, "unreadable")]) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise InvalidSettings([SettingProblem(1, "unreadable")]) from error


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
