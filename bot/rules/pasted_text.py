"""Turns pasted text into plain YAML of `key: value` lines. Line numbers do not change."""

from __future__ import annotations

import json
import re
import unicodedata

_FENCE = re.compile(r"^\s*(?:`{3,}|~{3,})\s*\w*\s*$")
_QUOTES = (("“", "”"), ("„", "“"), ("„", "”"), ("«", "»"), ("‘", "’"), ("”", "”"))
_QUOTED = re.compile(
    "|".join(rf"(?<=[:\-,\[] ){opens}[^{closes}]*{closes}(?=\s*(?:[,\]#]|$))" for opens, closes in _QUOTES)
)
_VALUE_WITH_COLON = re.compile(r"^(\s*\w+: )(?![\"'\[{|>&*!%@`#])(.*: .*)$")
_ESCAPED = re.compile(r"\\([_*#~>`.\-\[\]])")
_BULLET = re.compile(r"^\s*[-*•+]\s+(?=[`*]*[A-Za-z_ ]+[`*]*\s*[:=])")
_KEY = re.compile(r"^(\s*)[`*\"']*([A-Za-z][A-Za-z_ -]*?)[`*\"']*\s*[:=：][*`]*[ \t]*")
_BLOCK_START = re.compile(r"^\s*(?:`{3,}|~{3,}|:{3,}\s*spoiler)\s*precis\b.*$", re.IGNORECASE)
_BLOCK_END = re.compile(r"^\s*(?:`{3,}|~{3,}|:{3,})\s*$")


def normalize_pasted_text(text: str) -> str:
    """The text without code fences, typographic quotes, Markdown escapes and unusual spaces, line by line."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(_normalize_line(line) for line in lines)


def _normalize_line(line: str) -> str:
    line = "".join(" " if char.isspace() else char for char in line if not _is_invisible(char)).rstrip()
    if _FENCE.match(line):
        return ""
    line = _BULLET.sub("", _ESCAPED.sub(r"\1", line))
    line = _QUOTED.sub(_straight_quotes, _KEY.sub(_plain_key, line).rstrip()).rstrip("`")
    return _VALUE_WITH_COLON.sub(lambda found: found[1] + json.dumps(found[2], ensure_ascii=False), line)


def _straight_quotes(found: re.Match[str]) -> str:
    return json.dumps(found[0][1:-1], ensure_ascii=False)


def _is_invisible(char: str) -> bool:
    return not char.isspace() and unicodedata.category(char)[0] == "C"


def _plain_key(found: re.Match[str]) -> str:
    """`Block-Domains = ` and `**block domains**:` both become `block_domains: `."""
    key = re.sub(r"[\s-]+", "_", found[2].strip()).lower()
    return f"{found[1]}{key}: "


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
