"""Is it an article? Rules for what is plain to see, trees for the rest.

The rules answer before any reader is asked where they can. The trees (`benchmarks/fit_gate.py`) give the
probability that a page is an article, and, where that is too low, what it is instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

import numpy as np

from bot.core.models import NotArticle
from bot.core.skip_reasons import SkipReason
from bot.extract.block_selection import Choice, Evidence
from bot.extract.boosted_trees import Trees
from bot.extract.gate_features import Signals, body_signals
from bot.extract.paragraphs import Paragraph
from bot.extract.quick_refusals import Sight, declared, is_walled, too_little
from bot.extract.word_count import count_words

Strictness = Literal["lenient", "default", "strict"]

LEAST_CHANCE: dict[Strictness, float] = {"lenient": 0.0, "default": 0.15, "strict": 0.5}
"""The probability of an article below which a page is refused."""
LEAST_WORDS = 50

KINDS = {
    "collection": SkipReason.COLLECTION,
    "documentation": SkipReason.DOCUMENTATION,
    "forum": SkipReason.FORUM,
    "listing": SkipReason.LISTING,
    "product": SkipReason.PRODUCT,
    "service": SkipReason.SERVICE,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    refusal: NotArticle | None
    words: int
    """Of what was kept."""
    chance: float | None
    signals: tuple[tuple[str, float], ...]


def judge(
    sight: Sight,
    signals: Signals,
    evidence: Evidence,
    choice: Choice,
    kept: Sequence[Paragraph],
    strictness: Strictness,
) -> Verdict:
    """Whether what was read is an article; `signals` are those of the page before it was read."""
    text = "\n\n".join(paragraph.text for paragraph in kept)
    words = count_words(text)
    signals = signals | body_signals(evidence, choice, kept)
    told = tuple(signals.items())
    page = "\n".join(evidence.blocks.texts)
    if words < LEAST_WORDS or is_walled(sight, page, words):
        return Verdict(replace(too_little(sight, page, words), text=text), words, None, told)
    row = np.array([list(signals.values())])
    chance = float(_article().predict(row)[0])
    if chance >= LEAST_CHANCE[strictness]:
        return Verdict(None, words, chance, told)
    kind = declared(sight) or kind_of(row)
    return Verdict(NotArticle(kind, f"{1 - chance:.0%} sure", text), words, chance, told)


def kind_of(row: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> SkipReason:
    """What a page that is no article most likely is."""
    return KINDS[max(_kinds(), key=lambda kind: float(_kinds()[kind].predict(row)[0]))]


@cache
def _article() -> Trees:
    return Trees.load("gate")


@cache
def _kinds() -> dict[str, Trees]:
    return {kind: Trees.load(f"kind-{kind}") for kind in KINDS}
