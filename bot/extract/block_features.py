"""Features of the blocks of a page, as tables for the decision trees.

`first_stage_table` is computed from the page and the texts of two readers, `second_stage_table` from that
and the probabilities of the first stage.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.extract.alignment import Floats
from bot.extract.block_sums import BlockSums, Ints
from bot.extract.blocks import IN_HEADING, IN_ITEM, TAG_CODE, Blocks

FIRST_STAGE_FEATURES = [
    "precise",
    "resiliparse",
    "before",
    "after",
    "class_ratio",
    "class_share",
    "up_ratio",
    "grand_ratio",
    "up_words",
    "up_share",
    "steps",
    "climb",
    "mass_before",
    "mass_after",
    "twins",
    "in_run",
    "run_distance",
    "words",
    "links",
    "links_before",
    "links_after",
    "capitals",
    "sentence",
    "tag",
    "in_heading",
    "in_item",
    "foot_names",
    "hidden_names",
    "reader_ratio",
    "agreement",
    "own_names",
]
SECOND_STAGE_FEATURES = [
    "p",
    "p_before",
    "p_after",
    "p_before2",
    "p_after2",
    "p_around",
    "mass_so_far",
    "mass_total",
    "p_chosen",
]

_MAX_DISTANCE = 60
_MAX_GAP = 3
_SENTENCE_ENDS = (".", "!", "?", "。", "！", "？", "।", "؟", "…", '"', "”", "»", "“", "’", "」", ":", ")")


@dataclass(frozen=True, slots=True)
class ReaderCoverage:
    """Share of each block that the two readers extracted, and how much the readers agree."""

    precise: Floats
    resiliparse: Floats
    agreement: float
    """2·shared / sum, over the covered words of the page."""
    ratio: float
    """Words of precise divided by words of resiliparse, at most 4."""


def first_stage_table(blocks: Blocks, coverage: ReaderCoverage) -> Floats:
    """One row for each block, with the columns of `FIRST_STAGE_FEATURES`."""
    sums = BlockSums(blocks, (coverage.precise + coverage.resiliparse) / 2)
    links = np.array(blocks.link_share)
    reader_mean = sums.coverage
    inside = np.array([blocks.context(i) for i in range(len(blocks))], dtype=np.int64)
    columns: list[NDArray[np.generic]] = [
        coverage.precise,
        coverage.resiliparse,
        shifted(reader_mean, -1),
        shifted(reader_mean, 1),
        *sums.same_class_features(),
        sums.other_blocks_coverage(sums.parent),
        sums.other_blocks_coverage(sums.grandparent),
        *sums.words_under_parent(),
        *sums.path_to_main(),
        *sums.mass_before_and_after(),
        sums.duplicate_counts(),
        *_main_run(reader_mean, sums.words),
        sums.words,
        links,
        shifted(links, -1),
        shifted(links, 1),
        np.array([_capital_share(text) for text in blocks.texts]),
        np.array([text.endswith(_SENTENCE_ENDS) for text in blocks.texts]),
        np.array([TAG_CODE.get(blocks.tag(i), 0) for i in range(len(blocks))]),
        (inside & IN_HEADING) > 0,
        (inside & IN_ITEM) > 0,
        *sums.names_below_main(),
        np.full(len(blocks), coverage.ratio),
        np.full(len(blocks), coverage.agreement),
        sums.strongest_name_group(),
    ]
    return np.column_stack(columns).astype(np.float64)


def second_stage_table(first: Floats, p: Floats) -> Floats:
    """The first table with nine more columns: `SECOND_STAGE_FEATURES`."""
    words = first[:, FIRST_STAGE_FEATURES.index("words")]
    mass = p * words
    chosen = p >= 0.5
    around = np.convolve(mass, np.ones(9), "same") / np.convolve(words, np.ones(9), "same")
    if len(p) < 9:  # `same` pads to the longer of the two arrays
        around = np.full(len(p), mass.sum() / max(words.sum(), 1.0))
    total = mass.sum()
    return np.column_stack(
        [
            first,
            p,
            shifted(p, -1),
            shifted(p, 1),
            shifted(p, -2),
            shifted(p, 2),
            around,
            np.cumsum(mass) / max(total, 1e-9),
            np.full(len(p), total),
            np.full(len(p), p[chosen].mean() if chosen.any() else 0.0),
        ]
    )


def candidate_blocks(coverage: ReaderCoverage) -> NDArray[np.bool_]:
    """Mask of the blocks of which a reader has at least 30 %, with three neighbours on either side."""
    seen = np.maximum(coverage.precise, coverage.resiliparse) >= 0.3
    near = np.convolve(seen, np.ones(7), "full")[3 : 3 + len(seen)]
    return near > 0.5


def shifted(values: Floats, by: int) -> Floats:
    """For each block the value of the block `by` positions later; 0 beyond the ends."""
    out = np.zeros(len(values))
    if by > 0:
        out[:-by] = values[by:]
    else:
        out[-by:] = values[:by]
    return out


def _capital_share(text: str) -> float:
    return sum(map(str.isupper, text)) / len(text)


def _main_run(coverage: Floats, words: Floats) -> tuple[NDArray[np.bool_], Ints]:
    """Which blocks are in the longest run of covered blocks (by words), and the distance of the others."""
    count = len(coverage)
    at = np.flatnonzero(coverage >= 0.5)
    if not len(at):
        return np.zeros(count, dtype=np.bool_), np.full(count, _MAX_DISTANCE)
    pieces = np.split(at, np.flatnonzero(np.diff(at) > _MAX_GAP + 1) + 1)
    best = max(pieces, key=lambda piece: float(words[piece].sum()))
    position = np.arange(count)
    distance = np.where(
        position < best[0], position - best[0], np.where(position > best[-1], position - best[-1], 0)
    )
    return distance == 0, np.clip(distance, -_MAX_DISTANCE, _MAX_DISTANCE)
