"""Match quotation marks over the sentences of a paragraph: which sentences have incomplete quotations."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum

from msgspec import Struct

# A straight or single mark opens a quotation if it is before a word and after a space.
_EAST_ASIAN = r"\u2e80-\u9fff\uac00-\ud7a3\uff00-\uffef"
_QUOTATION_MARK = re.compile(
    r"(?=[\"“”„«»‘’‚'‹›「」『』《》〈〉])(?:"
    rf"(?P<open>(?<![^\s(\[«“—–-])[\"“„«»‘‚'‹](?=[^\s.,;:!?)»”])|[„‚「『《〈]|«|‹|(?<![^\s])“(?=\S)"
    rf"|(?<=[{_EAST_ASIAN}])[“‘])"
    r"|(?P<close>[\"”»›」』》〉]|(?<=[.,!?…\w。！？])[’'](?=\s|$|[.,;:!?)])|(?<=\S)“))"
)
_STRONG_MARKS = frozenset('"“”„«»‹›「」')
_MAX_SENTENCES = 5
"""A quotation that is still open after this many sentences is assumed to lack its closing mark."""


class QuotationState(Struct, frozen=True):
    """The quotations of one sentence."""

    complete: bool
    """Every mark has its partner, and the sentence is not inside a longer quotation."""
    unquoted: str
    """The text outside quotations."""
    quoted_characters: int
    """Number of characters inside quotations."""


class Half(Enum):
    """What a sentence has of a quotation."""

    FIRST = "first"
    """The sentence after it has the other half."""
    SECOND = "second"
    """The sentence before it has the other half."""
    ONLY = "only"
    """Neither has the other half."""


_AFTER_NUMBER = re.compile(r"(?<=\d)[\"”']")
"""A mark after a number may stand for inches or seconds."""


def half_of_quotation(sentence: str, before: str, after: str) -> Half | None:
    """Which half of a quotation a sentence has; None if all of its marks have partners."""
    if _is_complete(sentence) or _is_complete(_AFTER_NUMBER.sub("", sentence)):
        return None
    if after and _is_complete(f"{sentence} {after}"):
        return Half.FIRST
    return Half.SECOND if before and _is_complete(f"{before} {sentence}") else Half.ONLY


def _is_complete(text: str) -> bool:
    return quotation_states([text])[0].complete


def quotation_states(sentences: Iterable[str]) -> list[QuotationState]:
    """The state of each sentence of one paragraph; a quotation may span several sentences."""
    result: list[QuotationState] = []
    inside, single = 0, False
    for sentence in sentences:
        scan = _QuotationScanner(sentence, inside > 0, single)
        for mark in _QUOTATION_MARK.finditer(sentence):
            scan.process(mark)
        result.append(scan.result())
        inside, single = (inside + 1 if scan.open else 0), scan.single
        if inside > _MAX_SENTENCES:
            inside = 0
    return result


class _QuotationScanner:
    """Processes the quotation marks of one sentence, one after another."""

    def __init__(self, sentence: str, inside: bool, single: bool) -> None:
        self._sentence = sentence
        self._inside = self.open = self._cut = inside
        self.single = single
        self._at = self._quoted = 0
        self._outside: list[str] = []

    def process(self, mark: re.Match[str]) -> None:
        weak = mark.group() not in _STRONG_MARKS
        if self._is_ignored(mark, weak):
            return
        if mark["open"]:
            self._cut |= self.open  # opened again before it is closed
            if not self.open:
                self._outside.append(self._sentence[self._at : mark.start()])
        elif self.open:
            self._cut |= self.single and not weak  # 'so," he said: one of the marks is missing
            self._quoted += mark.start() - self._at
        else:
            self._cut, self._outside, self._quoted = True, [], mark.start()
        self._at, self.open, self.single = mark.end(), bool(mark["open"]), weak

    def _is_ignored(self, mark: re.Match[str], weak: bool) -> bool:
        """Whether it is an apostrophe ("the players' bus"), a nested mark, or reopens a running quotation."""
        if mark["close"]:
            closes = self.open and self.single
            return weak and not closes and (self.open or self._sentence[mark.start() - 1] not in ".,!?…")
        return self.open and (weak or (self._inside and mark.start() > 2))

    def result(self) -> QuotationState:
        rest = self._sentence[self._at :]
        if self.open:
            return QuotationState(False, " ".join(self._outside), self._quoted + len(rest))
        return QuotationState(not self._cut, " ".join([*self._outside, rest]), self._quoted)
