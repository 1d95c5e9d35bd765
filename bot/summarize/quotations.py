"""Quotation marks in a run of sentences: which are whole, which are cut, which lie inside one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

# A straight mark, or a single one, opens where it stands before a word and after a space.
_MARK = re.compile(
    r"(?P<open>(?<![^\s(\[«“—–-])[\"“„«»‘‚'‹](?=[^\s.,;:!?)»”])|[„‚]|«|‹|(?<![^\s])“(?=\S))"
    r"|(?P<close>[\"”»›]|(?<=[.,!?…\w])[’'](?=\s|$|[.,;:!?)])|(?<=\S)“)"
)
_STRONG = frozenset('"“”„«»‹›')
_MOST_INSIDE = 5
"""Sentences after which a quotation that nobody closed counts as forgotten."""


@dataclass(frozen=True, slots=True)
class Quotation:
    """How one sentence stands to quotations."""

    whole: bool
    """Every mark has its partner, and the sentence does not lie inside a quotation."""
    outside: str
    """The words that are not quoted."""
    quoted: int
    """Characters that are."""


def read(sentences: Iterable[str]) -> list[Quotation]:
    """The state of each sentence of one paragraph; a quotation may run over several."""
    result, inside = [], 0
    for sentence in sentences:
        found, depth = _scan(sentence, inside > 0)
        result.append(found)
        inside = 0 if not depth else inside + 1
        if inside > _MOST_INSIDE:
            inside = 0
    return result


def _scan(sentence: str, inside: bool) -> tuple[Quotation, bool]:
    outside, at, quoted, cut, opened = [], 0, 0, inside, inside
    single = False
    for mark in _MARK.finditer(sentence):
        weak = mark.group() not in _STRONG
        if mark["close"] and weak and not (opened and single):
            if opened or sentence[mark.start() - 1] not in ".,!?…":
                continue  # an apostrophe: the players' bus
        if mark["open"] and opened:
            if weak or inside and mark.start() > 2:
                continue
            cut = True  # opened again before it was closed
        if mark["close"] and not opened:
            cut, outside, quoted = True, [], mark.start()
        elif mark["close"]:
            quoted += mark.start() - at
        else:
            outside.append(sentence[at : mark.start()])
        at, opened, single = mark.end(), bool(mark["open"]), weak
    if opened:
        quoted += len(sentence) - at
        cut = True
    else:
        outside.append(sentence[at:])
    return Quotation(not cut, " ".join(outside), quoted), opened
