"""Features of the second stage: what the first stage says about the blocks around a block.

They let the trees decide where the article starts and ends: how much of it is before and after a block, what
the first stage says about the neighbours, the section and the like blocks, and how much other text lies
between a block and the last one that is surely part of the article.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bot.extract.alignment import Floats
from bot.extract.block_features import shifted, window_mean
from bot.extract.block_sums import BlockSums, Ints
from bot.extract.blocks import IN_HEADING, TAG_CODE, Blocks

_NEIGHBOURS = (-3, -2, -1, 1, 2, 3)
_WINDOWS = (5, 9, 21, 41)
_PEAK_WINDOW = 21
_HALF = 0.5
_UNLIKELY = 0.3
_LONG = 10
_FAR = 30
_FROM_PEAK = 200
_COUNTED_WORDS = 30


def second_stage_features(blocks: Blocks, p: Floats) -> dict[str, Floats]:
    """One array for each feature, with a value for each block; `p` are the first stage's probabilities."""
    sums = BlockSums(blocks, p)
    words, mass, count = sums.words, sums.mass, len(p)
    total = max(float(mass.sum()), 1e-9)
    likely = p >= _HALF
    section = _sections(blocks)
    above = sums.parents[sums.grandparent]
    windows = {f"p_around_{size}": window_mean(p, words, size) for size in _WINDOWS}
    before, after = _distances(likely & (words >= _LONG))
    section_words = np.bincount(section, words)
    section_means = np.concatenate(
        ([0.0], np.bincount(section, mass) / np.maximum(section_words, 1.0), [0.0])
    )
    peak = int(window_mean(p, words, _PEAK_WINDOW).argmax())
    later = np.maximum.accumulate((p * np.minimum(words, _COUNTED_WORDS))[::-1])[::-1]
    return {
        "p": p,
        **{f"p_at_{by}": shifted(p, by) for by in _NEIGHBOURS},
        **windows,
        "mass_so_far": np.cumsum(mass) / total,
        "mass_total": np.full(count, mass.sum()),
        "density": np.full(count, mass.sum() / sums.page_words),
        "p_of_likely": np.full(count, p[likely].mean() if likely.any() else 0.0),
        "p_signature": sums.other_blocks_coverage(sums.signatures()),
        "p_parent": sums.other_blocks_coverage(sums.parent),
        "p_grandparent": sums.other_blocks_coverage(sums.grandparent),
        "p_above": sums.other_blocks_coverage(above),
        "p_section": sums.other_blocks_coverage(section),
        "section_words": section_words[section],
        "section_before": section_means[section],
        "section_after": section_means[section + 2],
        "likely_before": before,
        "likely_after": after,
        "best_after": np.append(later[1:], 0.0),
        "lowest_between": _lowest_from(windows["p_around_5"], peak),
        "from_peak": np.clip(np.arange(count) - peak, -_FROM_PEAK, _FROM_PEAK),
        "unlikely_words": _words_since_likely(p, words, likely & (words >= _LONG)),
        "twins": sums.same_texts(),
        "words": words,
        "links": np.array(blocks.link_share),
        "tag": np.array([TAG_CODE.get(blocks.tag(i), 0) for i in range(count)]),
        "in_heading": np.array([blocks.context(i) & IN_HEADING > 0 for i in range(count)]),
    }


def second_stage_table(blocks: Blocks, p: Floats) -> Floats:
    """One row for each block, with the columns of `second_stage_features`."""
    return np.column_stack(list(second_stage_features(blocks, p).values())).astype(np.float64)


def _sections(blocks: Blocks) -> Ints:
    """The number of each block's section: a section starts with a heading after another kind of block."""
    heading = np.array([blocks.context(i) & IN_HEADING > 0 for i in range(len(blocks))], dtype=np.bool_)
    starts = heading & ~np.concatenate(([False], heading[:-1]))
    return np.cumsum(starts)


def _distances(chosen: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """For each block the distance to the last chosen block up to it and to the next one from it on."""
    count = len(chosen)
    place = np.arange(count)
    last = np.maximum.accumulate(np.where(chosen, place, -_FAR))
    following = np.minimum.accumulate(np.where(chosen, place, count + _FAR)[::-1])[::-1]
    return np.minimum(place - last, _FAR), np.minimum(following - place, _FAR)


def _lowest_from(values: Floats, peak: int) -> Floats:
    """The lowest value between each block and the block `peak`."""
    before = np.minimum.accumulate(values[peak::-1])[::-1]
    return np.concatenate((before[:-1], np.minimum.accumulate(values[peak:])))


def _words_since_likely(p: Floats, words: Floats, likely: NDArray[np.bool_]) -> Floats:
    """The words of unlikely blocks after the last likely block, up to each block."""
    unlikely = np.cumsum(np.where(p < _UNLIKELY, words, 0.0))
    at_last = np.maximum.accumulate(np.where(likely, unlikely, 0.0))
    return np.asarray(unlikely - at_last, dtype=np.float64)
