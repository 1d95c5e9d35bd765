"""Responses are parsed as JSON, whether at once or in steps, unless they take too long."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.platforms import json_response
from bot.platforms.json_response import MAX_BYTES, MAX_ESCAPES, MAX_VALUES, check_cost, parse_json

VALUE = {"a": [1, -2.5e3, True, None, 'é\n"\\ 🙂'], "": {}, "b": [[], [{}]], "number": 10**20}


@pytest.mark.parametrize("at_once", [0, 1_000])
@pytest.mark.parametrize("value", [VALUE, [], "text", 5, None])
def test_both_parsers_return_the_same(value: Any, at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_response, "MAX_VALUES_AT_ONCE", at_once)
    for body in (json.dumps(value), json.dumps(value, ensure_ascii=False, indent=1)):
        assert parse_json(body.encode()) == value


@pytest.mark.parametrize("at_once", [-1, 1_000_000])
@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[1,]", b"<html>", b'"\xff"', b"[" * 30_000, b"[" + b"9" * 31 + b"]", b'{"a":1} x'],
    ids=["empty", "open", "comma", "HTML", "no UTF-8", "deep", "long number", "rest"],
)
def test_invalid_bodies_are_errors(body: bytes, at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_response, "MAX_VALUES_AT_ONCE", at_once)
    with pytest.raises(ValueError):
        parse_json(body)


@pytest.mark.parametrize(
    "body",
    [b" " * (MAX_BYTES + 1), b"[" + b"1," * MAX_VALUES + b"1]", b'"' + b"\\n" * (MAX_ESCAPES + 1) + b'"'],
    ids=["bytes", "values", "escapes"],
)
def test_bodies_that_take_too_long_are_errors(body: bytes) -> None:
    with pytest.raises(ValueError, match="too"):
        parse_json(body)


def test_a_page_of_long_posts_is_within_the_limits() -> None:
    post = {f"field {n}": n for n in range(150)} | {
        "body": "Words, and a comma.\n" * 1_500,
        "url": "https://x",
    }
    assert check_cost(json.dumps({"posts": [post] * 50}).encode()) < MAX_VALUES
