"""Cut a text that a server or a library sent to one line, for logs, `posts.error` and messages."""

from __future__ import annotations

MAX_LENGTH = 200
"""Characters, including the mark of a cut."""

MAX_READ = 10_000
"""Characters of the text in which the line is looked for."""
_CUT_MARK = "…"


def single_line(text: str, max_length: int = MAX_LENGTH) -> str:
    """The first line of the text that is not blank, in at most `max_length` characters.

    Servers send SQL statements and backtraces of many kilobytes after a first line that says what is
    wrong. Characters that a terminal would interpret become spaces.
    """
    lines = (" ".join(_printable(line).split()) for line in text[:MAX_READ].splitlines())
    line = next((line for line in lines if line), "")
    return line if len(line) <= max_length else line[: max_length - 1].rstrip() + _CUT_MARK


def _printable(line: str) -> str:
    return "".join(each if each.isprintable() else " " for each in line)
