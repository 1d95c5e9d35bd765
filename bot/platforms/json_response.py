"""Parses the JSON of a response at a cost that is bounded.

The parsers of the standard library hold Python's interpreter from the first byte to the last. So a large
response is shortened while it arrives (see `json_shortener`), and is parsed by the version of the parser in
Python, during which other threads run.
"""

from __future__ import annotations

import json
from json import decoder, scanner
from typing import Any

from bot.platforms.json_shortener import JsonShortener

MAX_BYTES = 64 * 1024 * 1024
"""Of a response as it arrives. 50 posts of the greatest length that PieFed accepts have 30 MB."""
MAX_BYTES_AT_ONCE = 1024 * 1024
MAX_VALUES_AT_ONCE = 40_000
"""Brackets, colons and commas, including those in texts. A larger response is parsed in steps."""
MAX_INTEGER_DIGITS = 30

_MARKS = b"[{:,"


class ResponseBody:
    """The body of a response, which arrives in chunks."""

    def __init__(self) -> None:
        self.received = 0
        """Bytes that have arrived."""
        self._start = bytearray()
        self._shortener: JsonShortener | None = None

    def feed(self, chunk: bytes) -> None:
        """Raises OverflowError if the response is too large."""
        self.received += len(chunk)
        if self.received > MAX_BYTES:
            raise OverflowError("the response is too large")
        if self._shortener is None and self.received <= MAX_BYTES_AT_ONCE:
            self._start += chunk
            return
        if self._shortener is None:
            self._shortener = JsonShortener()
            self._shortener.feed(bytes(self._start))
        self._shortener.feed(chunk)

    def parse(self) -> Any:
        """The value. Raises ValueError for invalid JSON."""
        in_steps = self._shortener is not None
        body = bytes(self._start) if self._shortener is None else self._shortener.end()
        try:
            if in_steps or sum(body.count(mark) for mark in _MARKS) > MAX_VALUES_AT_ONCE:
                return _StepDecoder(parse_int=_integer).decode(body.decode())
            return json.loads(body, parse_int=_integer)
        except RecursionError as error:
            raise ValueError("the response is nested too deeply") from error


def parse_json(content: bytes) -> Any:
    """The value. Raises ValueError for invalid JSON, and OverflowError if it is too large."""
    body = ResponseBody()
    body.feed(content)
    return body.parse()


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
