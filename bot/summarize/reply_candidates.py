"""The sentences of an article as the search for a reply sees them.

The probabilities of the judge, changed by the roles of the sentences, and the rules of cohesion.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.core.models import ParagraphKind
from bot.summarize.article_analysis import ArticleAnalysis
from bot.summarize.cohesion import INCOMPLETE
from bot.summarize.concepts import concepts_of
from bot.summarize.judge.sentence_model import Judgement
from bot.summarize.judge.word_grams import CLASSES
from bot.summarize.quotations import Half, half_of_quotation
from bot.summarize.repetition import fact_values
from bot.summarize.reply_selection import Candidates
from bot.summarize.sentence_features import SHORT
from bot.summarize.sentence_roles import FACTORS, UNCHANGED, Line, Role
from bot.summarize.word_statistics import Floats

Bools = NDArray[np.bool_]
_NEVER_PICKED = frozenset(
    {ParagraphKind.HEADING, ParagraphKind.TABLE, ParagraphKind.CODE, ParagraphKind.LIVE_ENTRY}
)
_EMPTY_POWER = 0.5
"""How much more it counts against a sentence that it says nothing than that it leans on another one."""
_LEANING_AFTER = 0.8
"""How good a leaning sentence is after the one before it, which may not be the one that it needs.

A short one is not good there: "The news came as a surprise."
"""


def lines_of(analysis: ArticleAnalysis) -> list[Line]:
    """The sentences with the kinds of their paragraphs."""
    sizes = Counter(getattr(sentence, "paragraph", at) for at, sentence in enumerate(analysis.sentences))
    return [
        Line(text, _kind_of(sentence), sizes[getattr(sentence, "paragraph", at)] == 1)
        for at, (text, sentence) in enumerate(zip(analysis.texts, analysis.sentences, strict=True))
    ]


def _kind_of(sentence: Any) -> ParagraphKind:
    kind: ParagraphKind = getattr(sentence, "kind", ParagraphKind.PARAGRAPH)
    return kind


def candidates_of(
    analysis: ArticleAnalysis, judgement: Judgement, roles: Sequence[Role | None]
) -> Candidates:
    """The sentences of an article as the search sees them."""
    alone, leaning, empty = (judgement.probabilities[:, CLASSES.index(letter)] for letter in "SLO")
    good, news, wanted = _factors(roles)
    useful = good * (1 - empty) ** _EMPTY_POWER
    opens, closes, broken = _halves(analysis)
    can_follow = (
        np.array(
            [
                _kind_of(sentence) not in _NEVER_PICKED and not mark.exclusion
                for sentence, mark in zip(analysis.sentences, analysis.marks, strict=True)
            ],
            dtype=bool,
        )
        & ~broken
    )
    # "This study" in an abstract refers to the abstract itself
    depends = np.array(
        [
            bool(mark.dependence) and role is not Role.AIM
            for mark, role in zip(analysis.marks, roles, strict=True)
        ],
        dtype=bool,
    )
    sizes = np.asarray(analysis.word_counts, dtype=float)
    likely = judgement.news * news
    return Candidates(
        good_alone=np.minimum(1.0, alone * useful),
        good_after=np.minimum(1.0, (alone + _LEANING_AFTER * leaning * (sizes >= SHORT)) * useful),
        news=likely / max(1e-9, likely.sum()),
        wanted=np.minimum(1.0, judgement.wanted * wanted),
        word_counts=sizes,
        can_start=can_follow & ~depends & ~closes,
        can_follow=can_follow,
        needs_next=opens,
        facts=fact_values(analysis.statistics),
        concepts=concepts_of(analysis.statistics, analysis.word_coverage, analysis.pair_coverage),
    )


def _halves(analysis: ArticleAnalysis) -> tuple[Bools, Bools, Bools]:
    """Which sentences have the first half of a quotation, the second half, and a half without the other."""
    opens, closes, broken = np.zeros((3, len(analysis.texts)), dtype=bool)
    for at, mark in enumerate(analysis.marks):
        if INCOMPLETE in mark.flaws:
            before, after = analysis.texts[max(0, at - 1) : at], analysis.texts[at + 1 : at + 2]
            half = half_of_quotation(analysis.texts[at], "".join(before), "".join(after))
            opens[at], closes[at], broken[at] = (half is one for one in (Half.FIRST, Half.SECOND, Half.ONLY))
    return opens, closes, broken


def _factors(roles: Sequence[Role | None]) -> tuple[Floats, Floats, Floats]:
    """What the roles change of the probabilities that a sentence is good, the news, and wanted."""
    found = [FACTORS[role] if role else UNCHANGED for role in roles]
    table = np.array([(one.good, one.news, one.wanted) for one in found], dtype=float).reshape(-1, 3)
    return table[:, 0], table[:, 1], table[:, 2]
