"""Features of the readers' texts and of the selected blocks, for the decision trees of the gate.

Words are estimated (`count_words`): Chinese and Japanese have no spaces between them.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np

from bot.core.models import ParagraphKind
from bot.extract.block_selection import BlockSelection, Evidence
from bot.extract.blocks import Blocks
from bot.extract.class_names import GROUP_BITS
from bot.extract.gate_features import GateFeatures
from bot.extract.interstitials import MAX_WORDS, InterstitialSigns, interstitial_score, visit_share
from bot.extract.paragraphs import Paragraph
from bot.extract.text_features import text_features

_LONG = 25
_MAX_RATIO = 4.0
_LEVELS = 6
"""The names of this many elements around a block are looked at."""
_GROUPS = ("body", "content", "title", "lead", "faq")
_LAYOUT = ("gaps", "dense", "linked", "one_parent", "one_depth", "in_p", "in_li", "in_div")


def body_features(
    evidence: Evidence,
    selection: BlockSelection,
    paragraphs: Sequence[Paragraph],
    signs: InterstitialSigns,
    title: str,
) -> GateFeatures:
    """Features of the text and its place in the page; `signs` and `title` are those of the page."""
    words, blocks = evidence.words, evidence.blocks
    total = max(float(words.sum()), 1.0)
    is_short = total < MAX_WORDS
    return {
        "confidence": selection.confidence,
        **_agreement_features(evidence, total),
        "kept": float(words[selection.selected].sum()) / total,
        "block_words": total / max(len(blocks), 1),
        "twins": 1 - len(set(blocks.texts)) / max(len(blocks), 1),
        "about_visit": visit_share(blocks.texts) if is_short else 0.0,
        "interstitial": float(interstitial_score(signs, title, blocks)) if is_short else 0.0,
        "declared": float(signs.declared),
        "described": float(signs.described),
        "asks_for_javascript": float(signs.asks_for_javascript),
        "sentence_links": float(signs.links),
        **_paragraph_features(paragraphs),
        **_layout_features(evidence, np.flatnonzero(selection.selected).tolist()),
        **text_features(blocks, paragraphs),
    }


def _agreement_features(evidence: Evidence, total: float) -> GateFeatures:
    """How much of the page the model and the reader find, and how much they agree (2·shared / sum)."""
    words, p, coverage = evidence.words, evidence.probabilities, evidence.coverage
    probable, covered = float((p * words).sum()), float((coverage * words).sum())
    shared = float((np.minimum(p, coverage) * words).sum())
    return {
        "agreement": 2 * shared / max(probable + covered, 1.0),
        "reader_ratio": min(_MAX_RATIO, probable / max(covered, 1.0)),
        "probable": probable / total,
        "covered": covered / total,
    }


def _paragraph_features(paragraphs: Sequence[Paragraph]) -> GateFeatures:
    count = max(len(paragraphs), 1)
    sizes = [paragraph.word_count for paragraph in paragraphs]
    number = max(sum(sizes), 1)
    kinds = Counter(paragraph.kind for paragraph in paragraphs)
    prose = [
        size
        for size, paragraph in zip(sizes, paragraphs, strict=True)
        if paragraph.kind in (ParagraphKind.PARAGRAPH, ParagraphKind.STANDFIRST, ParagraphKind.QUOTE)
    ]
    return {
        "words": math.log1p(number),
        "paragraphs": float(len(paragraphs)),
        "paragraph_words": number / count,
        "longest": float(max(sizes, default=0)),
        "median": float(np.median(prose)) if prose else 0.0,
        "prose": sum(prose) / number,
        "long": sum(size for size in prose if size >= _LONG) / number,
        "items": kinds[ParagraphKind.LIST_ITEM] / count,
        "heads": kinds[ParagraphKind.HEADING] / count,
        "heads_per_100": kinds[ParagraphKind.HEADING] / number * 100,
        "tabled": kinds[ParagraphKind.TABLE] / count,
        "coded": kinds[ParagraphKind.CODE] / count,
    }


def _layout_features(evidence: Evidence, chosen: list[int]) -> GateFeatures:
    """How compact the selection is, in which elements it is, and under which names of classes."""
    names = [*_LAYOUT, *(f"under_{group}" for group in _GROUPS)]
    if not chosen:
        return dict.fromkeys(names, 0.0)
    words, blocks = evidence.words, evidence.blocks
    total = float(words[chosen].sum())
    parents: dict[int, float] = defaultdict(float)
    depths: dict[int, float] = defaultdict(float)
    tags: dict[str, float] = defaultdict(float)
    groups: dict[str, float] = defaultdict(float)
    for index in chosen:
        element, size = blocks.element[index], float(words[index])
        parents[blocks.elements.parent[element]] += size
        depths[blocks.elements.depth[element]] += size
        tags[blocks.tag(index)] += size
        for group in _groups_around(blocks, element):
            groups[group] += size
    values = (
        float((np.diff(chosen) > 1).sum()) / len(chosen),
        total / max(float(words[chosen[0] : chosen[-1] + 1].sum()), 1.0),
        float(np.dot(np.array(blocks.link_share)[chosen], words[chosen])) / total,
        max(parents.values()) / total,
        max(depths.values()) / total,
        *(tags[tag] / total for tag in ("p", "li", "div")),
        *(groups[group] / total for group in _GROUPS),
    )
    return dict(zip(names, values, strict=True))


def _groups_around(blocks: Blocks, element: int) -> list[str]:
    mask = 0
    for _ in range(_LEVELS):
        mask |= blocks.elements.name_groups[element]
        element = blocks.elements.parent[element]
    return [group for group in _GROUPS if mask & GROUP_BITS[group]]
