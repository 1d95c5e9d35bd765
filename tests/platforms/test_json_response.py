"""Responses are parsed as JSON, whether at once or in steps, and long texts of large ones are cut."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.core.valid_text import MAX_LENGTH, valid_text
from bot.platforms import json_response, json_shortener
from bot.platforms.json_response import MAX_BYTES, MAX_BYTES_AT_ONCE, ResponseBody, parse_json
from bot.platforms.json_shortener import MAX_OUTSIDE_TEXTS, MAX_SHORTENED, MAX_VALUES

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


TEXTS = {
    "letters": "a" * 60_000,
    "Chinese": "\u6f22\u5b57" * 30_000,
    "emoji": "\U0001f642" * 60_000,
    "lines": "a line\n" * 9_000,
    "quotation marks": '"\\' * 30_000,
    "control characters": "\x01" * 60_000,
    "lone surrogates": "\ud83d" * 60_000,
    "brackets": "[{:," * 15_000,
    "short": "short \u6f22",
    "empty": "",
}


@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("chunk", [1_009, 70_001, 10**9])
def test_long_texts_of_large_responses_are_cut_where_valid_text_cuts(chunk: int, ascii_only: bool) -> None:
    texts = TEXTS if ascii_only else {name: text for name, text in TEXTS.items() if "lone" not in name}
    posts = [{"id": n, "body": text, name: True} for n in range(4) for name, text in texts.items()]
    content = json.dumps({"posts": posts, "next": "P1"}, ensure_ascii=ascii_only).encode()
    body = ResponseBody()
    for start in range(0, len(content), chunk):
        body.feed(content[start : start + chunk])
    value = body.parse()
    assert [post["body"] for post in value["posts"]] == [valid_text(post["body"]) for post in posts]
    assert [list(post) for post in value["posts"]] == [list(post) for post in posts]
    assert value["next"] == "P1"


@pytest.mark.parametrize("text_length", [4, 5, 6, 7, 8, 9, 10, 11, 12])
@pytest.mark.parametrize("text", ['a\u6f22\U0001f642\n"\\', "\\\\\\", "\U0001f642\U0001f642\U0001f642"])
def test_a_cut_never_ends_within_a_character(
    text: str, text_length: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_response, "MAX_BYTES_AT_ONCE", 0)
    monkeypatch.setattr(json_shortener, "MAX_LENGTH", 2)
    monkeypatch.setattr(json_shortener, "_MAX_RAW", text_length)
    for ascii_only in (True, False):
        cut = parse_json(json.dumps([text, 1], ensure_ascii=ascii_only).encode())
        assert cut[1] == 1
        assert text.startswith(cut[0].rstrip("\ufffd"))
        assert len(cut[0]) <= text_length


@pytest.mark.parametrize(
    "content",
    [
        b" " * (MAX_BYTES + 1),
        b"[" + b"1," * MAX_VALUES + b"1]" + b" " * MAX_BYTES_AT_ONCE,
        b"[" + b" " * MAX_OUTSIDE_TEXTS + b"]",
        b"[" + b'"' * 5 + (b"a" * MAX_LENGTH + b'","') * (MAX_SHORTENED // MAX_LENGTH + 1) + b'"]',
    ],
    ids=["bytes", "values", "spaces", "texts"],
)
def test_responses_that_are_too_large_are_errors(content: bytes) -> None:
    with pytest.raises(OverflowError, match="too"):
        parse_json(content)


def test_a_large_response_that_ends_within_a_text_is_invalid() -> None:
    with pytest.raises(ValueError, match="within a text"):
        parse_json(b'["' + b"a" * MAX_BYTES_AT_ONCE)


@pytest.mark.parametrize("ascii_only", [True, False], ids=["PieFed", "Lemmy"])
@pytest.mark.parametrize("character", ["a", ",", "\n", "\u6f22", "\U0001f642"])
def test_a_page_of_the_longest_posts_can_be_parsed(character: str, ascii_only: bool) -> None:
    """Lemmy 0.19.20 and 1.0 accept 50,000 characters."""
    fields = {f"field {n}": n for n in range(150)}
    post = fields | {"body": character * 50_000, "sidebar": character * 10_000}
    content = json.dumps({"posts": [post] * 50}, ensure_ascii=ascii_only).encode()
    assert len(parse_json(content)["posts"]) == 50
