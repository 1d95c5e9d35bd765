"""Removes what an author hides as a spoiler, in the notations of all platforms.

`MISSING_PART` stands in its place, so that no sentence with a hole is ever picked. In doubt more is removed:
a spoiler that is never closed ends with its paragraph, or a block of them with the text.
"""

from __future__ import annotations

import re

from bot.core.models import MISSING_PART

_OPENING = re.compile(r"[\s>*+-]*:{3,}\s*spoiler\b", re.IGNORECASE)
_CLOSING = re.compile(r"[\s>]*:{3,}\s*$")
_BLOCK = re.compile(r"[\s>*+-]*:{3,}\s*\w")
_DETAILS = re.compile(r"<details\b.*?(?:</details\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_INLINE = re.compile(r">!.*?(?:!<|(?=\n[ \t>]*\n)|\Z)", re.DOTALL)
_LINK = re.compile(
    r"\[[^\]\n]*\]\(\s*<?[#/](?:s|spoilers?|sp)(?:pecific)?>?(?:[\s-][^)\n]*)?\)", re.IGNORECASE
)
"""`[text](#spoiler)` and `[title](/s "text")`, which style sheets of subreddits hide."""


def without_spoilers(markdown: str) -> str:
    """The Markdown with `MISSING_PART` for each spoiler."""
    shown = "\n".join(_outside_blocks(markdown.replace("\r\n", "\n").replace("\r", "\n").split("\n")))
    for notation in (_DETAILS, _INLINE, _LINK):
        shown = notation.sub(MISSING_PART, shown)
    return shown


def _outside_blocks(lines: list[str]) -> list[str]:
    """The lines outside `::: spoiler` and `:::`, which may be in each other."""
    shown: list[str] = []
    depth = 0
    for line in lines:
        if _OPENING.match(line) or (depth and _BLOCK.match(line)):
            if not depth:
                shown += ["", MISSING_PART, ""]
            depth += 1
        elif depth and _CLOSING.match(line):
            depth -= 1
        elif not depth:
            shown.append(line)
    return shown
