"""Decide whether an extracted text is an article: rules for clear cases, decision trees for the rest.

The trees (trained by `benchmarks/fit_gate.py`) give the probability that a page is an article and, if it is
too low, the most likely kind of page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

import numpy as np

from bot.core.boosted_trees import BoostedTrees
from bot.core.models import NotArticle
from bot.core.skip_reasons import SkipReason
from bot.extract.block_selection import BlockSelection, Evidence
from bot.extract.gate_features import GateFeatures, body_features
from bot.extract.paragraphs import Paragraph
from bot.extract.paywalls import wall_sign
from bot.extract.quick_refusals import RefusalFacts, declared_reason, refuse_short_page
from bot.extract.word_count import count_words

Strictness = Literal["lenient", "default", "strict"]

MIN_ARTICLE_PROBABILITY: dict[Strictness, float] = {"lenient": 0.0, "default": 0.15, "strict": 0.5}
"""A page with a lower probability of being an article is refused."""
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
    word_count: int
    """Number of words of the extracted text."""
    probability: float | None
    features: tuple[tuple[str, float], ...]


def check_article(
    facts: RefusalFacts,
    features: GateFeatures,
    evidence: Evidence,
    selection: BlockSelection,
    paragraphs: Sequence[Paragraph],
    strictness: Strictness,
) -> GateVerdict:
    """Decide whether the extracted paragraphs are an article.

    `features` are those of the page before extraction (`page_features`).
    """
    text = "\n\n".join(paragraph.text for paragraph in paragraphs)
    words = count_words(text)
    features = features | body_features(evidence, selection, paragraphs)
    feature_items = tuple(features.items())
    page = "\n".join(evidence.blocks.texts)
    if words < MIN_WORDS:
        refusal = replace(refuse_short_page(facts, page, words), text=text)
        return GateVerdict(refusal, words, None, feature_items)
    chosen = np.flatnonzero(selection.selected).tolist()
    wall = wall_sign(facts.cut_short, evidence.blocks, chosen, paragraphs)
    if wall is not None:
        return GateVerdict(NotArticle(SkipReason.WALL, wall, text), words, None, feature_items)
    row = np.array([list(features.values())])
    probability = float(_article_trees().predict(row)[0])
    if probability >= MIN_ARTICLE_PROBABILITY[strictness]:
        return GateVerdict(None, words, probability, feature_items)
    kind = declared_reason(facts) or likeliest_reason(row)
    return GateVerdict(
        NotArticle(kind, f"{1 - probability:.0%} sure", text), words, probability, feature_items
    )


def likeliest_reason(row: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> SkipReason:
    """The most likely kind of a page that is not an article."""
    return REFUSAL_KINDS[max(_kind_trees(), key=lambda kind: float(_kind_trees()[kind].predict(row)[0]))]


@cache
def _article_trees() -> BoostedTrees:
    return BoostedTrees.load("bot.extract", "trained_trees/gate")


@cache
def _kind_trees() -> dict[str, BoostedTrees]:
    return {kind: BoostedTrees.load("bot.extract", f"trained_trees/kind-{kind}") for kind in REFUSAL_KINDS}
