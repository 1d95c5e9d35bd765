"""Settings as people paste them, into the plain YAML that they meant; every line stays on its line."""

from __future__ import annotations

import json
import re
import unicodedata

_FENCE = re.compile(r"^\s*(?:`{3,}|~{3,})\s*\w*\s*$")
_QUOTES = (("“", "”"), ("„", "“"), ("„", "”"), ("«", "»"), ("‘", "’"), ("”", "”"))
_QUOTED = re.compile(
    "|".join(rf"(?<=[:\-,\[] ){opens}[^{closes}]*{closes}(?=\s*(?:[,\]#]|$))" for opens, closes in _QUOTES)
)
_PLAIN = re.compile(r"^(\s*\w+: )(?![\"'\[{|>&*!%@`#])(.*: .*)$")
_ESCAPED = re.compile(r"\\([_*#~>`.\-\[\]])")
_BULLET = re.compile(r"^\s*[-*•+]\s+(?=[`*]*[A-Za-z_ ]+[`*]*\s*[:=])")
_PAIR = re.compile(r"^(\s*)[`*\"']*([A-Za-z][A-Za-z_ -]*?)[`*\"']*\s*[:=：][*`]*[ \t]*")
_OPENS = re.compile(r"^\s*(?:`{3,}|~{3,}|:{3,}\s*spoiler)\s*precis\b.*$", re.IGNORECASE)
_CLOSES = re.compile(r"^\s*(?:`{3,}|~{3,}|:{3,})\s*$")


def normalize_pasted_text(text: str) -> str:
    """The text with fences, typographic quotes, escapes and odd spaces made plain, line by line."""
    return "\n".join(_line(line) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))


def _line(line: str) -> str:
    line = "".join(" " if char.isspace() else char for char in line if not _invisible(char)).rstrip()
    if _FENCE.match(line):
        return ""
    line = _BULLET.sub("", _ESCAPED.sub(r"\1", line))
    line = _QUOTED.sub(_quoted, _PAIR.sub(_pair, line).rstrip()).rstrip("`")
    return _PLAIN.sub(lambda found: found[1] + json.dumps(found[2], ensure_ascii=False), line)


def _quoted(found: re.Match[str]) -> str:
    return json.dumps(found[0][1:-1], ensure_ascii=False)


def _invisible(char: str) -> bool:
    return not char.isspace() and unicodedata.category(char)[0] == "C"


def _pair(found: re.Match[str]) -> str:
    """`Block-Domains = ` and `**block domains**:` mean block_domains."""
    key = re.sub(r"[\s-]+", "_", found[2].strip()).lower()
    return f"{found[1]}{key}: "


def find_settings_block(sidebar: str) -> str | None:
    """The settings in a sidebar: what stands in a code block or a spoiler named `precis`; None without.

    The lines before the block are blank in the answer, so that its lines keep their numbers.
    """
    lines = sidebar.replace("\r\n", "\n").split("\n")
    for number, line in enumerate(lines):
        if _OPENS.match(line):
            rest = lines[number + 1 :]
            end = next((index for index, each in enumerate(rest) if _CLOSES.match(each)), len(rest))
            return "\n" * (number + 1) + "\n".join(rest[:end])
    return None
