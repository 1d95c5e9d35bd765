"""Sentence boundaries in Chinese, Japanese and Korean, where quotation marks stand without spaces.

A sentence is never split inside a pair of marks, nor between a quotation and what hangs on it: a particle or
a short clause with a verb of saying.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from msgspec import Struct

_PAIRS = {
    "「": "」",
    "『": "』",
    "《": "》",
    "〈": "〉",
    "“": "”",
    "‘": "’",
    "（": "）",
    "【": "】",
    "(": ")",
}
_CLOSERS = frozenset(_PAIRS.values()) | {'"'}
_KOREAN_CLOSERS = _CLOSERS | {"'"}
_TITLE_MARKS, _BRACKETS = frozenset("《〈『"), frozenset("（(【")
_MAX_QUOTATION = 600
"""A mark whose partner is not within this many characters has none."""
_MAX_DEPTH = 8
_HANGUL = re.compile("[\uac00-\ud7a3]")
_IDEOGRAPHS = re.compile("[\u3041-\u30ff\u3400-\u9fff]")
_END = re.compile("[。！？｡]+|[!?]+(?=[\\s「『“」』”’）\u3041-\u9fff]|\\Z)")
_MIN_IDEOGRAPHS = 0.2
_ENDS = frozenset("。！？｡!?…，、,")
_CLAUSE_ENDS = frozenset("。！？｡.!?，,")
_INTRODUCES = frozenset("：:，,、")
_PARTICLE = re.compile(
    "[とっがをにのもでやはへかだ的]|など|なん|より|から|まで|くらい|ほど|之类|这|そう[話語述説言振]"
)
_FIRST_WORDS = re.compile(
    "ところ|とはいえ|とりわけ|とくに|とにかく|のち|もう|もし|もっと|もちろん|もともと|はじめ|はい|はるか"
    "|でも|では|ですが|ですから|やがて|やはり|やっと|がん|かれ|かの|かつて|かなり|かねて|だが|だから|だけど|にも|にほん"
    "|这[个是里些时样种]"
)
"""Usual first words of a sentence that begin like a particle."""
_MAX_CLAUSE = 40
_CLAUSE = re.compile(r"[^。！？｡.!?…「『“，、,\n]{0,30}")
_SAYING = re.compile(
    r"[说說道问問称稱喊叫答写寫讲講]|表示|指出|补充|補充|强调|強調|认为|認為|回应|回應|呼吁|呼籲"
    r"|말했|밝혔|전했|했다|물었|답했|덧붙|강조|주장|설명|외쳤"
)


class MarkPairs(Struct, frozen=True):
    """The pairs of marks in a line that are not inside another pair, in order."""

    starts: tuple[int, ...]
    """Positions of the opening marks."""
    ends: tuple[int, ...]
    """Positions after the closing marks."""

    def contain(self, position: int) -> bool:
        """Whether a split at `position` would separate the marks of a pair."""
        at = bisect_right(self.starts, position - 1) - 1
        return at >= 0 and self.starts[at] < position < self.ends[at]

    def ending_at(self, position: int) -> int | None:
        """The start of the pair that ends at `position`."""
        at = bisect_right(self.ends, position) - 1
        return self.starts[at] if at >= 0 and self.ends[at] == position else None


def is_ideographic(line: str) -> bool:
    """Whether a line is Chinese or Japanese with its own full stops."""
    return (
        not line.isascii()
        and bool(_IDEOGRAPHS.search(line))  # a search for a character of a set is the fastest one
        and bool(_END.search(line))
        and len(_IDEOGRAPHS.findall(line)) >= _MIN_IDEOGRAPHS * len(line.strip())
    )


def has_hangul(line: str) -> bool:
    """Whether a line has Korean letters."""
    return not line.isascii() and bool(_HANGUL.search(line))


def ideographic_starts(line: str) -> list[int]:
    """The positions in a Chinese or Japanese line where a sentence starts, without that of the line."""
    pairs = find_pairs(line)
    found = (_after_closers(line, match.end()) for match in _END.finditer(line))
    return [at for at in dict.fromkeys(found) if at < len(line) and not is_same_sentence(line, at, pairs)]


def find_pairs(line: str) -> MarkPairs:
    """The outermost pairs of marks. A mark without a partner is not in any pair."""
    spans = sorted(_spans(line))
    starts, ends, last = [], [], 0
    for start, end in spans:
        if start >= last:
            starts.append(start)
            ends.append(end)
            last = end
    return MarkPairs(tuple(starts), tuple(ends))


def is_same_sentence(line: str, position: int, pairs: MarkPairs) -> bool:
    """Whether the text at `position` continues the sentence before it."""
    rest = line[position : position + _MAX_CLAUSE]
    if rest[:1] in _ENDS or pairs.contain(position):
        return True
    end = position
    while end > 0 and line[end - 1].isspace():
        end -= 1
    if end == position and has_hangul(rest[:1]) and line[end - 1] in _KOREAN_CLOSERS:
        return True  # a particle
    start = pairs.ending_at(end)
    if start is None:
        return False
    if line[start] in _TITLE_MARKS:
        return True
    before = line[:start].rstrip()[-1:]
    if line[start] in _BRACKETS:
        return bool(before) and before not in _ENDS
    if _PARTICLE.match(rest) and not _FIRST_WORDS.match(rest):
        return True
    return before not in _INTRODUCES and _is_attribution(rest)


def _is_attribution(rest: str) -> bool:
    """Whether a short clause with a verb of saying follows: “…。”王女士说。"""
    clause = _CLAUSE.match(rest)
    return clause is not None and (
        rest[clause.end() :][:1] in _CLAUSE_ENDS and bool(_SAYING.search(clause.group()[-8:]))
    )


def _after_closers(line: str, position: int) -> int:
    while position < len(line) and line[position] in _CLOSERS:
        position += 1
    while position < len(line) and line[position].isspace():
        position += 1
    return position


def _spans(line: str) -> Iterator[tuple[int, int]]:
    """The start and end of each pair, inner ones too."""
    stack: list[tuple[int, str]] = []
    straight = -1
    for at, mark in enumerate(line):
        if mark == '"':
            if straight >= 0 and at - straight <= _MAX_QUOTATION:
                yield straight, at + 1
                straight = -1
            else:
                straight = at
        elif mark in _PAIRS:
            stack.append((at, _PAIRS[mark]))
            del stack[:-_MAX_DEPTH]
        elif mark in _CLOSERS and any(closer == mark for _, closer in stack):
            while (opened := stack.pop())[1] != mark:
                pass
            if at - opened[0] <= _MAX_QUOTATION:
                yield opened[0], at + 1
