"""Parses the JSON of a response at a cost that is bounded.

The parser of the standard library holds Python's interpreter from the first byte to the last, and needs up
to 750 ns for one value. So the number of values and escapes is limited before parsing, and a response with
many values is parsed by its version in Python, during which other threads run.
"""

from __future__ import annotations

import json
from json import decoder, scanner
from typing import Any

MAX_BYTES = 3 * 1024 * 1024
"""Enough for 300 comments of the greatest length."""
MAX_VALUES = 400_000
"""Brackets, colons and commas, including those in texts. A page of 50 posts has about 15,000."""
MAX_ESCAPES = 400_000
MAX_VALUES_AT_ONCE = 40_000
"""More are parsed in steps."""
MAX_INTEGER_DIGITS = 30

_MARKS = b"[{:,"


def check_cost(body: bytes, max_values: int = MAX_VALUES) -> int:
    """The number of marks of values in a body. Raises ValueError for one that takes too long to parse."""
    if len(body) > MAX_BYTES:
        raise ValueError("the response is too large")
    values = sum(body.count(mark) for mark in _MARKS)
    if values > max_values or body.count(b"\\") > MAX_ESCAPES:
        raise ValueError("the response has too many values")
    return values


def parse_json(body: bytes) -> Any:
    """The value. Raises ValueError for invalid JSON and for a body that takes too long to parse."""
    values = check_cost(body)
    try:
        if values <= MAX_VALUES_AT_ONCE:
            return json.loads(body, parse_int=_integer)
        return _StepDecoder(parse_int=_integer).decode(body.decode())
    except RecursionError as error:
        raise ValueError("the response is nested too deeply") from error


class _StepDecoder(json.JSONDecoder):
    """The standard library's decoder with its parsers in Python, which it has beside those in C."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.parse_object = decoder.JSONObject  # type: ignore[attr-defined]  # not in typeshed
        self.parse_array = decoder.JSONArray  # type: ignore[attr-defined]
        self.scan_once = scanner.py_make_scanner(self)  # type: ignore[attr-defined]


def _integer(digits: str) -> int:
    """Long numbers take quadratic time."""
    if len(digits) > MAX_INTEGER_DIGITS:
        raise ValueError("a number is too long")
    return int(digits)
