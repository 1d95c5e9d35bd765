"""Removes what an author hides as a spoiler, in the notations of all platforms.

`MISSING_PART` stands in its place, so that no sentence with a hole is ever picked. In doubt more is removed:
a spoiler that is never closed ends with its paragraph, or a block of them with the text. Each step takes a
time in proportion to the length of the text, whatever the text is.
"""

from __future__ import annotations

import re

from bot.core.models import MISSING_PART

_OPENING = re.compile(r"(?:[\s>*+-]|\d{1,9}[.)]\s)*+:{3,}\s*spoiler\b", re.IGNORECASE)
_CLOSING = re.compile(r"[\s>]*:{3,}\s*$")
_BLOCK = re.compile(r"(?:[\s>*+-]|\d{1,9}[.)]\s)*+:{3,}\s*\w")
_DETAILS_TAG = re.compile(r"<(/?)details(?![\w-])", re.IGNORECASE)
_INLINE = re.compile(
    r">!(?:(?:(?!>!|\n[ \t>]*\n).)*!<"  # to the last end in its paragraph
    r"|(?:(?!>!).)*?!<(?![\w/])"  # or to an end in a later one
    r"|.*?(?=\n[ \t>]*\n|\Z))",
    re.DOTALL,
)
_TAGS = re.compile(
    r"\[spoiler\b[^\]\n]{0,200}\](?:(?!\[spoiler\b).)*?\[/spoiler\]"
    r"|<spoiler>(?:(?!<spoiler>).)*?</spoiler>"
    r"|\|\|(?=[^\s|])[^|\n]*+\|\|",
    re.IGNORECASE | re.DOTALL,
)
"""Notations of forums and chats. The platforms do not hide them, but their authors wanted that."""
_LINK = re.compile(
    r"\[(?:[^\[\]]|\[[^\[\]\n]{0,200}\])*+\]"
    r"\(\s{0,9}<?[#/](?i:s|spoilers?|sp)(?i:pecific)?>?"
    r"(?:[\s-](?:\"[^\"\n]*+\"|'[^'\n]*+'|[^)\n\[\"'])*+)?\)"
)
"""`[text](#spoiler)` and `[title](/s "text")`, which style sheets of subreddits hide."""


def without_spoilers(markdown: str) -> str:
    """The Markdown with `MISSING_PART` for each spoiler."""
    shown = "\n".join(_outside_blocks(markdown.replace("\r\n", "\n").replace("\r", "\n").split("\n")))
    shown = _outside_details(shown)
    for notation in (_INLINE, _LINK, _TAGS):
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


def _outside_details(text: str) -> str:
    """The text outside `<details>` and `</details>`, which may be in each other."""
    shown: list[str] = []
    depth = start = 0
    for tag in _DETAILS_TAG.finditer(text):
        if not tag[1]:
            if not depth:
                shown += [text[start : tag.start()], MISSING_PART]
            depth += 1
        elif depth:
            depth -= 1
            start = text.find(">", tag.end()) + 1 or len(text)
    return "".join(shown) + ("" if depth else text[start:])
