"""Join the lines of a paragraph; a word that a line end divides becomes one word again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from bot.extract.word_count import is_unspaced

SOFT_HYPHEN = "\u00ad"
_HYPHENS = ("-", "\u2010", SOFT_HYPHEN)
_DASHES = ("-", "\u2010", "–", "—", "/")
_WORD = re.compile(r"[^\W\d_]+(?:[-\u2010][^\W\d_]+)*")
_LAST_PART = re.compile(r"[^\W\d_]+$")
_FIRST_PART = re.compile(r"[^\W\d_]+")
_CONJUNCTION = re.compile(r"(?:und|oder|bzw|sowie|and|or|et|ou|y|o|e|en|of|och|eller|og|i|lub)\b")
"""After "Haupt-" in "Haupt- und Nebenwege" the hyphen stands for the rest of a word."""
_LONGEST_WORD = 60


def words_inside(lines: Iterable[str]) -> frozenset[str]:
    """The words that stand whole in a line, in small letters: they tell how a divided word is written."""
    return frozenset(word.casefold() for line in lines for word in _WORD.findall(line)[:-1])


def join_lines(lines: Iterable[str], known_words: AbstractSet[str] = frozenset()) -> str:
    """One text of the lines. `known_words` are those of `words_inside`."""
    parts: list[str] = []
    for line in lines:
        text = line.strip()
        if text and parts:
            parts[-1], separator = _line_end(parts[-1], text, known_words)
            parts.append(separator + text)
        elif text:
            parts.append(text)
    if parts and parts[-1].endswith(SOFT_HYPHEN):
        parts[-1] = f"{parts[-1][:-1]}-"
    return "".join(parts).replace(SOFT_HYPHEN, "")


def _line_end(line: str, following: str, known_words: AbstractSet[str]) -> tuple[str, str]:
    """The line as it is written before the following one, and what stands between them."""
    if line.endswith(_HYPHENS) and line[-2:-1].isalpha():
        return line[:-1], _word_joint(line[:-1], following, line[-1] == SOFT_HYPHEN, known_words)
    if line.endswith(_DASHES) and line[-2:-1] not in ("", " "):
        return line, ""  # a number such as 2019-2021, or a dash without spaces
    return line, "" if is_unspaced(line[-1]) and is_unspaced(following[0]) else " "


def _word_joint(start: str, following: str, is_soft: bool, known_words: AbstractSet[str]) -> str:
    """What joins the parts of a word. `is_soft`: the file marks the hyphen as one of the line end."""
    last, first = _LAST_PART.search(start[-_LONGEST_WORD:]), _FIRST_PART.match(following)
    if first is None or last is None:
        return "-"
    if _CONJUNCTION.match(following) and not is_soft:
        return "- "
    if not following[0].islower():
        return "-"  # a name such as Smith-Jones
    joined = (last[0] + first[0]).casefold()
    hyphenated = f"{last[0]}-{first[0]}".casefold()
    return "-" if hyphenated in known_words and joined not in known_words else ""
