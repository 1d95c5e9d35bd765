"""Turns pasted text into plain YAML of `key: value` lines. Line numbers do not change."""

from __future__ import annotations

import json
import re
import textwrap
import unicodedata

from bot.core.lazy_patterns import lazy_pattern
from bot.rules.setting_names import setting_named

_FENCE = lazy_pattern(r"^\s*(?:`{3,}|~{3,})\s*\w*\s*$")
_SEPARATOR = lazy_pattern(r"^\s*(?:-{3,}|\*{3,}|_{3,}|\.{3})\s*$")
"""A horizontal rule, or the beginning or end of a YAML document."""
_QUOTES = (("“", "”"), ("„", "“"), ("„", "”"), ("«", "»"), ("‘", "’"), ("”", "”"))
_QUOTED = lazy_pattern(
    "|".join(rf"(?<=[:\-,\[] ){opens}[^{closes}]*{closes}(?=\s*(?:[,\]#]|$))" for opens, closes in _QUOTES)
)
_VALUE_WITH_COLON = lazy_pattern(r"^(\s*\w+: )(?![\"'\[{|>&*!%@`#])(.*: .*)$")
_ESCAPED = lazy_pattern(r"\\([_*#~>`.\-\[\]()!])")
_BULLET = lazy_pattern(r"^\s*(?:[-*•+–—]|\d{1,3}[.)])\s+(?=\S)")
_KEY = lazy_pattern(r"^(\s*)[`*\"']*([^\W\d_][\w' -]*?)[`*\"']*\s*[:=：](?!//)[*`]*[ \t]*")
_PLAIN_KEY = lazy_pattern(r"[A-Za-z][A-Za-z_ -]*")
_BLOCK_START = lazy_pattern(r"^\s*(?:`{3,}|~{3,}|:{3,}\s*spoiler)\s*precis\b.*$", re.IGNORECASE)
_BLOCK_END = lazy_pattern(r"^\s*(?:`{3,}|~{3,}|:{3,})\s*$")


def clean_lines(text: str) -> list[str]:
    """The lines without code fences, Markdown escapes, unusual spaces, separators around the text and common
    indentation. None is removed: an unused one is blank."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    cleaned = textwrap.dedent("\n".join(map(_clean_line, lines))).split("\n")
    written = [index for index, line in enumerate(cleaned) if line]
    for order in (written, written[::-1]):
        for index in order:
            if not _SEPARATOR.match(cleaned[index]):
                break
            cleaned[index] = ""
    return cleaned


def _clean_line(line: str) -> str:
    line = "".join(" " if char.isspace() else char for char in line if not _is_invisible(char)).rstrip()
    return "" if _FENCE.match(line) else _ESCAPED.sub(r"\1", line)


def _is_invisible(char: str) -> bool:
    return not char.isspace() and unicodedata.category(char)[0] == "C"


def setting_line(line: str) -> tuple[str, str] | None:
    """The name and the value of a line `name: value`, in any usual notation; None if it is not such a line.

    The name of a setting is the English one.
    """
    line = line.rstrip("`") if line.lstrip().startswith("`") or "`" not in line.rstrip("`") else line
    found = _KEY.match(line)
    name = found and setting_named(found[2])
    if not found or not (name or _PLAIN_KEY.fullmatch(found[2])):
        return None
    key = name or re.sub(r"[\s-]+", "_", found[2].strip()).lower()
    return key, straight_quotes(f"{key}: {line[found.end() :]}").removeprefix(f"{key}:").strip()


def bullet_text(line: str) -> str | None:
    """What follows the bullet or the number of a list item; None if the line is not one."""
    found = _BULLET.match(line)
    return None if found is None else line[found.end() :].strip()


def straight_quotes(line: str) -> str:
    """A line whose values in typographic quotation marks have straight ones."""
    return _QUOTED.sub(lambda found: json.dumps(found[0][1:-1], ensure_ascii=False), line)


def quote_colon(line: str) -> str:
    """A line whose value has a colon, which would be a key in YAML, with the value in quotation marks."""
    return _VALUE_WITH_COLON.sub(lambda found: found[1] + json.dumps(found[2], ensure_ascii=False), line)


def find_settings_block(sidebar: str) -> str | None:
    """The text of the code block or spoiler named `precis` in a sidebar; None if there is none.

    The lines before the block are replaced by blank lines, so that line numbers do not change.
    """
    lines = sidebar.replace("\r\n", "\n").split("\n")
    for number, line in enumerate(lines):
        if _BLOCK_START.match(line):
            rest = lines[number + 1 :]
            end = next((index for index, each in enumerate(rest) if _BLOCK_END.match(each)), len(rest))
            return "\n" * (number + 1) + "\n".join(rest[:end])
    return None
