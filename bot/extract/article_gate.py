"""Decide whether an extracted text is an article: rules for clear cases, decision trees for the rest.

The trees (trained by `benchmarks/fit_gate.py`) give a probability for each kind of page. If that of an
article is too low, the most likely other kind gives the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Literal

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from bot.core.boosted_trees import BoostedTrees
from bot.core.models import NotArticle
from bot.core.skip_reasons import SkipReason
from bot.extract.alignment import Floats
from bot.extract.block_selection import BlockSelection, Evidence
from bot.extract.body_features import body_features
from bot.extract.gate_features import GateFeatures
from bot.extract.paragraphs import Paragraph, word_count_of
from bot.extract.paywalls import wall_sign
from bot.extract.quick_refusals import RefusalFacts, declared_reason, refuse_short_page

Strictness = Literal["lenient", "default", "strict"]

MIN_ARTICLE_PROBABILITY: dict[Strictness, float] = {"lenient": 0.0, "default": 0.17, "strict": 0.5}
"""A page with a lower probability of being an article is refused."""
MIN_WORDS = 50

REFUSAL_KINDS = {
    "collection": SkipReason.COLLECTION,
    "documentation": SkipReason.DOCUMENTATION,
    "forum": SkipReason.FORUM,
    "listing": SkipReason.LISTING,
    "notice": SkipReason.ERROR_PAGE,
    "product": SkipReason.PRODUCT,
    "service": SkipReason.SERVICE,
}
ARTICLE = "article"
KINDS = (ARTICLE, *REFUSAL_KINDS)


class GateVerdict(Struct, frozen=True):
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
    words = word_count_of(paragraphs)
    features = features | body_features(evidence, selection, paragraphs, facts.signs, facts.title)
    feature_items = tuple(features.items())
    page = "\n".join(evidence.blocks.texts)
    if words < MIN_WORDS:
        refusal = replace(refuse_short_page(facts, page, words), text=text)
        return GateVerdict(refusal, words, None, feature_items)
    chosen = np.flatnonzero(selection.selected).tolist()
    wall = wall_sign(facts.cut_short, evidence.blocks, chosen, paragraphs)
    if wall is not None:
        return GateVerdict(NotArticle(SkipReason.WALL, wall, text), words, None, feature_items)
    probabilities = kind_probabilities(np.array([list(features.values())]))
    probability = probabilities.pop(ARTICLE)
    if probability >= MIN_ARTICLE_PROBABILITY[strictness]:
        return GateVerdict(None, words, probability, feature_items)
    reason = declared_reason(facts) or REFUSAL_KINDS[max(probabilities, key=probabilities.__getitem__)]
    return GateVerdict(
        NotArticle(reason, f"{1 - probability:.0%} sure", text), words, probability, feature_items
    )


def kind_probabilities(row: Floats) -> dict[str, float]:
    """The probability of each kind of page, from a table of one row; their sum is 1."""
    scores = np.array([_trees()[kind].sums(row)[0, 0] for kind in KINDS])
    powers = np.exp(scores - scores.max())
    return dict(zip(KINDS, (powers / powers.sum()).tolist(), strict=True))


@cache
def _trees() -> dict[str, BoostedTrees]:
    return {kind: BoostedTrees.load("bot.extract", f"trained_trees/gate-{kind}") for kind in KINDS}
