"""Explains an error of tomllib: what is wrong in the line, and the likely remedy.

A value is never quoted, because it may be a secret.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Callable, Iterator

from bot.core.lazy_patterns import lazy_pattern
from bot.core.single_line import single_line

_MESSAGE = lazy_pattern(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", re.DOTALL)
_HEADER = lazy_pattern(r"\s*\[(?!\[)([^#\n]*)\]\s*(?:#.*)?")
_SETTING = lazy_pattern(r"\s*([\w.\"'-]+)\s*=")
_TYPOGRAPHIC_QUOTES = lazy_pattern(r"[=\[,]\s*[“”„‟‘’‚«»]")
"""Where a value begins."""
_COMMENT = lazy_pattern(r"\s*(?://|;|--|/\*|<!--)")
_SWITCH = lazy_pattern(r"(?:true|false|yes|no|on|off)\b", re.IGNORECASE)

_IN_QUOTES = 'text must be in quotes, for example owner = "you@example.org"'
_USE_HASH = "a comment begins with #"
_USE_EQUALS = 'write a setting as name = value, for example owner = "you@example.org"'
_QUOTED_NAME = 'a name with @ must be in quotes, for example [rules."news@lemmy.example"]'
_CLOSE_LIST = 'put a comma between the entries of a list and close it with ], for example ["news", "tech"]'


def explain(text: str, message: str) -> str:
    """What follows the file's name in the error, from tomllib's `Invalid value (at line 1, column 5)`."""
    match = _MESSAGE.fullmatch(message)
    if match is None:
        return f": is not TOML: {message}"
    what, lines = match[1], text.split("\n")
    at_end = match[2] is None
    number = text.rstrip().count("\n") + 1 if at_end else int(match[2])
    if duplicate := _duplicate(what, lines, number):
        return f":{number}: {duplicate}"
    if at_end:
        return f":{number}: the end of the file is not TOML: {_lower(what)}{_hint(what, '', '')}"
    line, before = lines[number - 1], int(match[3]) - 1
    hint = _hint(what, line[:before], line[before:])
    return f":{number}: column {match[3]} is not TOML: {_lower(what)}{hint}"


def _lower(what: str) -> str:
    return what[:1].lower() + what[1:]


def _hint(what: str, before: str, rest: str) -> str:
    """The likely remedy, after a semicolon; "" if there is none."""
    remedy = _remedy(what, before, rest)
    return f"; {remedy}" if remedy else ""


def _remedy(what: str, before: str, rest: str) -> str:
    line = before + rest
    if _TYPOGRAPHIC_QUOTES.search(line):
        return 'replace the typographic quotation marks by "'
    if _COMMENT.match(line) or _COMMENT.match(rest):
        return _USE_HASH
    if line.lstrip().startswith("{"):
        return "this looks like JSON; precis init writes a first settings file"
    return next((find(before, rest) for start, find in _REMEDIES if what.startswith(start)), "")


def _of_value(before: str, rest: str) -> str:
    value = rest.strip()
    if not value or value.startswith("#"):
        return "a value is missing after ="
    if _SWITCH.match(value):
        return "write true or false, in lower case"
    if re.match(r"(?:null|none|nil)\b", value, re.IGNORECASE):
        return "leave out a setting that has no value"
    return _IN_QUOTES


def _of_name(before: str, rest: str) -> str:
    following = rest.lstrip()
    if following.startswith(":"):
        return f"write = instead of the colon, {_USE_EQUALS.partition(', ')[2]}"
    if following.startswith("@"):
        return _QUOTED_NAME
    if following.rstrip().endswith("]") and "[" not in before + rest:
        return "a table begins with [, for example [bot]"
    if "=" in following:
        return "a name has no spaces; use the underscore _ instead"
    return _USE_EQUALS


def _of_header(before: str, rest: str) -> str:
    return _QUOTED_NAME if rest.startswith("@") else "close the name of the table with ], for example [bot]"


def _after_value(before: str, rest: str) -> str:
    value, following = before.partition("=")[2].strip(), rest.strip()
    if following.startswith(",") and value.startswith(('"', "'")):
        return 'a list must be in square brackets, for example communities = ["news", "tech"]'
    if following.startswith(","):
        return "write a number without a comma"
    if value.isdigit() and following[:1].isdigit():
        return "write a number without a zero at its beginning"
    if value.startswith('"') and following and not re.match(r"[\w.-]+\s*=", following):
        return 'write a quotation mark inside a text as \\"'
    if value.startswith(('"', "'")) or re.match(r"[\w.-]+\s*=", following):
        return "write each setting on a line of its own"
    return _IN_QUOTES


def _of_character(before: str, rest: str) -> str:
    return "remove this character" if rest else "the quotation mark is not closed; end the text with it"


def _fixed(remedy: str) -> Callable[[str, str], str]:
    return lambda before, rest: remedy


_BACKSLASH = _fixed("write a backslash as \\\\, or put the text in single quotes '…'")
_REMEDIES: tuple[tuple[str, Callable[[str, str], str]], ...] = (
    ("Invalid value", _of_value),
    ("Expected '=' after a key", _of_name),
    ("Expected ']' at the end of a table", _of_header),
    ("Expected newline", _after_value),
    ("Illegal character", _of_character),
    ("Unclosed array", _fixed(_CLOSE_LIST)),
    ("Unterminated string", _fixed("the quotation mark is not closed; end the text with it")),
    ("Unescaped '\\'", _BACKSLASH),
    ("Invalid hex value", _BACKSLASH),
    ("Escaped character", _BACKSLASH),
    ("Invalid initial character", _fixed("write a table in braces { … } on one line")),
    ("Unclosed inline table", _fixed("close the table with }, on the same line")),
    ("Invalid statement", lambda before, rest: _USE_EQUALS if rest[:1].isprintable() else ""),
)
"""How tomllib's message begins, and the function that finds the remedy from the line before and after the
column."""


def _duplicate(what: str, lines: list[str], number: int) -> str | None:
    """The error for a table or a setting that is in the file twice, with the line of the first one."""
    if declared := re.fullmatch(r"Cannot declare (\(.*\)) twice", what):
        key = tuple(ast.literal_eval(declared[1]))
        first = next((line for line, header in _headers(lines[: number - 1]) if header == key), None)
        where = f"in line {first}" if first else "in the file, further up"
        name = single_line(lines[number - 1].partition("#")[0])
        return f"{name} is already {where}; move the settings below this line there, and delete this line"
    if what != "Cannot overwrite a value":
        return None
    table_start = max((line for line, _ in _headers(lines[:number])), default=0)
    settings = [
        (line, match[1])
        for line, content in enumerate(lines[:number], 1)
        if line > table_start and (match := _SETTING.match(content))
    ]
    if not settings:
        return None
    second, name = settings[-1]
    first = next((line for line, each in settings if each == name and line < second), None)
    return None if first is None else f"{name} is already in line {first}; delete one of the two lines"


def _headers(lines: list[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The line and the name of each table."""
    for number, line in enumerate(lines, 1):
        if _HEADER.fullmatch(line):
            try:
                yield number, tuple(_path(tomllib.loads(line)))
            except tomllib.TOMLDecodeError:
                continue


def _path(tree: dict[str, object]) -> Iterator[str]:
    for name, inner in tree.items():
        yield name
        if isinstance(inner, dict):
            yield from _path(inner)
