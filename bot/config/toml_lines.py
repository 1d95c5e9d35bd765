"""Finds the line of a value in a TOML text.

Neither tomllib nor tomlkit reports lines. But tomlkit writes a document exactly as it was read, so a
marker that replaces a value, or follows a table's header, appears on the line of that value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, MutableMapping
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Item, String, Table

from bot.config.introspection import KeyPath

_MARKER = "\u241f{}\u241f"


def line_numbers(text: str, keys: Iterable[KeyPath]) -> dict[KeyPath, int]:
    """The line (from 1) of each key. If a key is missing, the line of the nearest table around it, or 1.

    `text` must be valid TOML.
    """
    ordered = sorted(set(keys), key=len)  # containers first: a list that is replaced by a marker has no items
    try:
        document = tomlkit.parse(text)
        for number, key in enumerate(ordered):
            _mark_key(document, key, _MARKER.format(number))
        marked = document.as_string()
    except (TOMLKitError, RecursionError):
        return dict.fromkeys(ordered, 1)
    found = dict(_marker_lines(marked))
    return {key: found.get(number, 1) for number, key in enumerate(ordered)}


def _marker_lines(marked: str) -> Iterator[tuple[int, int]]:
    """The number of each marker with its line."""
    line, end = 1, 0
    for mark in re.finditer(_MARKER.format(r"(\d+)"), marked):
        line, end = line + marked.count("\n", end, mark.start()), mark.start()
        yield int(mark[1]), line


def _mark_key(document: tomlkit.TOMLDocument, key: KeyPath, mark: str) -> None:
    """Put `mark` on the line of `key`, or of the nearest container that has a line."""
    container: Any = document
    target: tuple[Any, Any] | None = None
    for part in key:
        if not _contains(container, part):
            break
        target, container = (container, part), container[part]
    if target:
        _mark_item(*target, mark)


def _contains(container: Any, part: str | int) -> bool:
    if isinstance(part, int):
        return isinstance(container, list) and part < len(container)
    return isinstance(container, MutableMapping) and part in container


def _mark_item(container: Any, part: str | int, mark: str) -> None:
    item = container[part]
    if isinstance(item, Table) and not item.is_super_table() and item.display_name is not None:
        item.comment(item.trivia.comment.removeprefix("# ") + mark)
    elif isinstance(item, AoT | MutableMapping) and len(item):
        _mark_item(item, 0 if isinstance(item, AoT) else next(iter(item)), mark)
    else:
        container[part] = _marked_value(item, mark)


def _marked_value(item: Any, mark: str) -> String:
    """The replacement of `item`: the same number of lines, with the markers that it has already."""
    if isinstance(item, str) and item.startswith(_MARKER[0]):
        before = str(item)
    else:  # tomlkit returns true and false as plain values
        before = "\n" * (item.as_string().count("\n") if isinstance(item, Item) else 0)
    return tomlkit.string(mark + before, multiline="\n" in before)
