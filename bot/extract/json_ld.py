"""Read the JSON-LD of a page, also when it is not valid JSON.

Templates of pages wrap JSON-LD in HTML comments or CDATA sections, put JavaScript comments into it, leave a
comma before a closing bracket or a semicolon at the end, put line breaks into strings, escape the quotation
marks as entities, or put several objects into one element. Browsers do not check it, so nobody notices.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from bot.extract.page_elements import PageElements

_TYPE = re.compile(r"\s*application/(?:\w+\+)?ld\+json", re.IGNORECASE)
_MAX_SCRIPTS = 20
_MAX_CHARACTERS = 300_000
_MAX_OBJECTS = 500
_MAX_VALUES = 50
"""Values that stand one after another in one element."""

# Each alternative ends at the end of the text if nothing closes it; otherwise a hostile text takes quadratic
# time. Strings come first, so that nothing is removed from them.
_NOT_JSON = re.compile(
    r'(?P<string>"(?:[^"\\]|\\.)*(?:"|\\?\Z))'
    r"|<!--|-->|<!\[CDATA\[|\]\]>"
    r"|//[^\n]*|/\*(?:.*?\*/|.*\Z)"
    r"|,(?=[\s;]*(?:[}\]]|\Z|//|/\*|\]\]>|-->))",
    re.DOTALL,
)
_BETWEEN_VALUES = re.compile(r"[\s;,]*")
_DECODER = json.JSONDecoder(strict=False)


def read_json_ld(elements: PageElements) -> tuple[dict[str, Any], ...]:
    """The JSON-LD objects of a page, at most 500, outermost first.

    The objects of `@graph`, `mainEntity` and `mainEntityOfPage` follow after all others.
    """
    scripts = (one for one in elements.named("script") if _TYPE.match(one.get("type", "")))
    texts = [script.text or "" for script, _ in zip(scripts, range(_MAX_SCRIPTS), strict=False)]
    return tuple(_objects([value for text in texts for value in parse_lenient(text)]))


def parse_lenient(text: str) -> list[Any]:
    """The JSON values in a text, in order; up to the first part that cannot be read.

    A text of more than 300,000 characters has no values.
    """
    if len(text) > _MAX_CHARACTERS:
        return []
    try:
        return [json.loads(text, strict=False)]
    except (ValueError, RecursionError):
        pass
    repaired = _without_wrapping(text)
    return _values(repaired) or _values(_without_wrapping(unescape(text)))


def _without_wrapping(text: str) -> str:
    return _NOT_JSON.sub(lambda found: found["string"] or " ", text.lstrip("\ufeff"))


def _values(text: str) -> list[Any]:
    found: list[Any] = []
    at = _end_of_gap(text, 0)
    while at < len(text) and len(found) < _MAX_VALUES:
        try:
            value, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        found.append(value)
        at = _end_of_gap(text, at)
    return found


def _end_of_gap(text: str, at: int) -> int:
    gap = _BETWEEN_VALUES.match(text, at)
    return gap.end() if gap else at


def _objects(queue: list[Any]) -> Iterator[dict[str, Any]]:
    remaining = _MAX_OBJECTS
    while queue and remaining:
        remaining -= 1
        value = queue.pop(0)
        if isinstance(value, list):
            queue[:0] = value[:_MAX_OBJECTS]
        elif isinstance(value, dict):
            yield value
            queue += [value[key] for key in ("@graph", "mainEntity", "mainEntityOfPage") if key in value]
