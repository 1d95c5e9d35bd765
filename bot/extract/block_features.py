"""Features of the blocks of a page, as a table for the block model.

They are computed from the page and the text of one reader.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bot.extract.alignment import Floats
from bot.extract.block_structure import BlockStructure
from bot.extract.block_sums import BlockSums, Ints
from bot.extract.block_text import text_shape
from bot.extract.blocks import IN_HEADING, IN_ITEM, TAG_CODE, Blocks

_MAX_DISTANCE = 60
_MAX_GAP = 3
_WINDOW = 9
_NEAR = 3
_HALF = 0.5


def block_features(blocks: Blocks, coverage: Floats) -> dict[str, Floats]:
    """One array for each feature, with a value for each block.

    `coverage` is the share of each block that the reader has, 0 to 1.
    """
    sums = BlockSums(blocks, coverage)
    links = np.array(blocks.link_share)
    words = sums.words
    structure = BlockStructure(sums, links)
    inside = np.array([blocks.context(i) for i in range(len(blocks))], dtype=np.int64)
    names, signatures = sums.name_groups(), sums.signatures()
    steps, climb = sums.path_to_main()
    mass_before, mass_after = sums.mass_before_and_after()
    in_run, run_distance = _main_run(coverage, words)
    return {
        "coverage": coverage,
        "before": shifted(coverage, -1),
        "after": shifted(coverage, 1),
        "around": window_mean(coverage, words, _WINDOW),
        "class_ratio": sums.other_blocks_coverage(names),
        "class_share": sums.share_of_page(names),
        "signature_ratio": sums.other_blocks_coverage(signatures),
        "signature_share": sums.share_of_page(signatures),
        "signature_blocks": np.bincount(signatures)[signatures],
        "up_ratio": sums.other_blocks_coverage(sums.parent),
        "grand_ratio": sums.other_blocks_coverage(sums.grandparent),
        "steps": steps,
        "climb": climb,
        "mass_before": mass_before,
        "mass_after": mass_after,
        "twins": sums.same_texts(),
        "in_run": in_run,
        "run_distance": run_distance,
        "words": words,
        "words_before": shifted(words, -1),
        "words_after": shifted(words, 1),
        "longest_near": np.max(
            [shifted(words, by) for by in range(-_NEAR, _NEAR + 1) if by], axis=0, initial=0.0
        ),
        "links": links,
        "links_before": shifted(links, -1),
        "links_after": shifted(links, 1),
        "place": (np.cumsum(words) - words) / sums.page_words,
        "page_blocks": np.full(len(blocks), len(blocks)),
        "page_coverage": np.full(len(blocks), sums.mass.sum() / sums.page_words),
        "tag": np.array([TAG_CODE.get(blocks.tag(i), 0) for i in range(len(blocks))]),
        "in_heading": (inside & IN_HEADING) > 0,
        "in_item": (inside & IN_ITEM) > 0,
        "own_names": sums.strongest_name_group(),
        **structure.enclosing_features(),
        **structure.branch_features(),
        **structure.repetition_features(),
        **structure.heading_features(links),
        **text_shape(blocks.texts, words),
    }


def block_table(blocks: Blocks, coverage: Floats) -> Floats:
    """One row for each block, with the columns of `block_features`."""
    return np.column_stack(list(block_features(blocks, coverage).values())).astype(np.float64)


def shifted(values: Floats, by: int) -> Floats:
    """For each block the value of the block `by` positions later; 0 beyond the ends."""
    out = np.zeros(len(values))
    if by > 0:
        out[:-by] = values[by:]
    else:
        out[-by:] = values[:by]
    return out


def window_mean(values: Floats, words: Floats, size: int) -> Floats:
    """The mean of the values by words over `size` blocks, with the block in the middle."""
    half = size // 2
    sums = [np.concatenate(([0.0], np.cumsum(part))) for part in (values * words, words)]
    place = np.arange(len(values))
    low, high = np.maximum(place - half, 0), np.minimum(place + half + 1, len(values))
    return np.asarray((sums[0][high] - sums[0][low]) / (sums[1][high] - sums[1][low]), dtype=np.float64)


def _main_run(coverage: Floats, words: Floats) -> tuple[NDArray[np.bool_], Ints]:
    """Which blocks are in the longest run of covered blocks (by words), and the distance of the others."""
    count = len(coverage)
    at = np.flatnonzero(coverage >= _HALF)
    if not len(at):
        return np.zeros(count, dtype=np.bool_), np.full(count, _MAX_DISTANCE)
    pieces = np.split(at, np.flatnonzero(np.diff(at) > _MAX_GAP + 1) + 1)
    best = max(pieces, key=lambda piece: float(words[piece].sum()))
    position = np.arange(count)
    distance = np.where(
        position < best[0], position - best[0], np.where(position > best[-1], position - best[-1], 0)
    )
    return distance == 0, np.clip(distance, -_MAX_DISTANCE, _MAX_DISTANCE)
