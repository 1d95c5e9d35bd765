"""Tell text files with program code, data or logs from prose."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

_MAX_LINES = 2_000
"""Lines at the start of a file that are looked at."""
_MAX_LINE = 300
_MAX_CODE_SHARE = 0.3
"""Share of the characters that are in lines of code, settings or a log."""
_MIN_LETTERS = 0.7
"""Share of letters among the characters of prose that are not spaces; 0.95 is usual."""
_MIN_SAME_COLUMNS = 0.8
_MIN_COLUMNS = 3
_CODE_LINE = re.compile(
    r"\s*(?:#!|#include\b|#define\b|//|/\*|\*/|<\?php|<\?xml|</?[a-z][\w-]*[ />]|@@ |diff --git"
    r"|\+\+\+ |--- [ab]/"
    r"|(?:import|from)\s+[\w.{*]+(?:\s+import\b.*|;)?$|(?:def|class|fn|func|function|sub)\s+\w+\s*[(:{<]"
    r"|(?:public|private|protected|static|const|let|var|final|void|int|char|double)\s+[\w<>\[\]*]+\s*[=;({]"
    r"|(?:if|for|while|switch|elif|else if)\s*\(.*\)\s*\{?$|(?:else|try|do)\s*[:{]$|return\b.*;$|end$"
    r"|[{}()\[\];,]+$"
    r"|[\w.\[\]>-]+\s*(?:=|\+=|:=)\s*\S.*[;)\]}'\"\d]$|[\w.]+\(.*\);?$|\"[\w-]+\":\s)"
    r"|.*[;{]\s*(?://.*)?$"
)
_LOG_LINE = re.compile(
    r"\s*(?:\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d|\[?\d{1,2}[:.]\d\d[:.]\d\d\b"
    r"|[A-Z][a-z]{2}\s+\d{1,2}\s\d\d:\d\d:\d\d"
    r"|\d{1,3}(?:\.\d{1,3}){3}\s-\s|\[?(?:DEBUG|INFO|WARN(?:ING)?|ERROR|FATAL|TRACE)\b|\d{10,13}\b)"
)
_SETTING_LINE = re.compile(r"\s*[\w.-]+\s*[:=]\s*\S{0,40}$|\s*\[[\w. -]+\]$")
_SEPARATORS = (",", ";", "\t", "|")


def code_sign(lines: Sequence[str]) -> str:
    """What a file is instead of prose, for example "a log"; "" for prose."""
    filled = [line[:_MAX_LINE] for line in lines[:_MAX_LINES] if line.strip()]
    if not filled:
        return ""
    size = sum(map(len, filled))
    for name, pattern in (("a log", _LOG_LINE), ("program code", _CODE_LINE), ("settings", _SETTING_LINE)):
        if sum(len(line) for line in filled if pattern.match(line)) > _MAX_CODE_SHARE * size:
            return name
    if _has_columns(filled):
        return "a table of data"
    characters = "".join("".join(filled).split())
    letters = sum(character.isalpha() for character in characters)
    return "" if letters >= _MIN_LETTERS * len(characters) else "data"


def _has_columns(lines: Sequence[str]) -> bool:
    """Whether nearly all lines have the same number of separators, as in a CSV file."""
    if len(lines) < _MIN_COLUMNS:
        return False
    for separator in _SEPARATORS:
        count, often = Counter(line.count(separator) for line in lines).most_common(1)[0]
        if count >= _MIN_COLUMNS - 1 and often >= _MIN_SAME_COLUMNS * len(lines):
            return True
    return False
