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
from bot.extract.block_selection import BlockSelection, Evidence
from bot.extract.boosted_trees import BoostedTrees
from bot.extract.gate_features import GateFeatures, body_signals
from bot.extract.paragraphs import Paragraph
from bot.extract.quick_refusals import RefusalFacts, declared, is_walled, too_little
from bot.extract.word_count import count_words

Strictness = Literal["lenient", "default", "strict"]

MIN_ARTICLE_PROBABILITY: dict[Strictness, float] = {"lenient": 0.0, "default": 0.15, "strict": 0.5}
"""The probability of an article below which a page is refused."""
MIN_WORDS = 50

REFUSAL_KINDS = {
    "collection": SkipReason.COLLECTION,
    "documentation": SkipReason.DOCUMENTATION,
    "forum": SkipReason.FORUM,
    "listing": SkipReason.LISTING,
    "product": SkipReason.PRODUCT,
    "service": SkipReason.SERVICE,
}


@dataclass(frozen=True, slots=True)
class GateVerdict:
    refusal: NotArticle | None
    words: int
    """Of what was kept."""
    chance: float | None
    signals: tuple[tuple[str, float], ...]


def judge(
    sight: RefusalFacts,
    signals: GateFeatures,
    evidence: Evidence,
    choice: BlockSelection,
    kept: Sequence[Paragraph],
    strictness: Strictness,
) -> GateVerdict:
    """Whether what was read is an article; `signals` are those of the page before it was read."""
    text = "\n\n".join(paragraph.text for paragraph in kept)
    words = count_words(text)
    signals = signals | body_signals(evidence, choice, kept)
    told = tuple(signals.items())
    page = "\n".join(evidence.blocks.texts)
    if words < MIN_WORDS or is_walled(sight, page, words):
        return GateVerdict(replace(too_little(sight, page, words), text=text), words, None, told)
    row = np.array([list(signals.values())])
    chance = float(_article().predict(row)[0])
    if chance >= MIN_ARTICLE_PROBABILITY[strictness]:
        return GateVerdict(None, words, chance, told)
    kind = declared(sight) or kind_of(row)
    return GateVerdict(NotArticle(kind, f"{1 - chance:.0%} sure", text), words, chance, told)


def kind_of(row: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> SkipReason:
    """What a page that is no article most likely is."""
    return REFUSAL_KINDS[max(_kinds(), key=lambda kind: float(_kinds()[kind].predict(row)[0]))]


@cache
def _article() -> BoostedTrees:
    return BoostedTrees.load("gate")


@cache
def _kinds() -> dict[str, BoostedTrees]:
    return {kind: BoostedTrees.load(f"kind-{kind}") for kind in REFUSAL_KINDS}
