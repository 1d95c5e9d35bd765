"""What is known of each block of a page, as numbers for the trees.

Two tables: `first_table` from the page and the two readings, `second_table` from that and what the
first trees made of it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.extract.alignment import Floats
from bot.extract.blocks import IN_HEADING, IN_ITEM, TAG_CODE, Blocks
from bot.extract.class_names import GROUP_BITS

Ints = NDArray[np.int64]

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

_FOOT_BIT = GROUP_BITS["foot"]
_HIDDEN_BIT = GROUP_BITS["hidden"]
_MAX_DISTANCE = 60
_MAX_GAP = 3
_SENTENCE_ENDS = (".", "!", "?", "。", "！", "？", "।", "؟", "…", '"', "”", "»", "“", "’", "」", ":", ")")


@dataclass(frozen=True, slots=True)
class ReaderCoverage:
    """How much of each block the two readers have, and of the page's words how many they share."""

    precise: Floats
    resiliparse: Floats
    agreement: float
    """2·shared / sum, over the page's covered words."""
    ratio: float
    """Words of precise over those of resiliparse, at most 4."""


def first_stage_table(blocks: Blocks, coverage: ReaderCoverage) -> Floats:
    """One row of `FIRST` for each block."""
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
        sums.other_blocks_coverage(sums.up),
        sums.other_blocks_coverage(sums.grand),
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
    """The first table and nine columns more: `SECOND`."""
    words = first[:, FIRST_STAGE_FEATURES.index("words")]
    mass = p * words
    chosen = p >= 0.5
    around = np.convolve(mass, np.ones(9), "same") / np.convolve(words, np.ones(9), "same")
    if len(p) < 9:  # `same` pads to the longer of the two
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
    """Blocks that a reader has a good part of, with three neighbours on either side."""
    seen = np.maximum(coverage.precise, coverage.resiliparse) >= 0.3
    near = np.convolve(seen, np.ones(7), "full")[3 : 3 + len(seen)]
    return near > 0.5


def shifted(values: Floats, by: int) -> Floats:
    """For each block the value of its neighbour `by` blocks on; 0 beyond the ends."""
    out = np.zeros(len(values))
    if by > 0:
        out[:-by] = values[by:]
    else:
        out[-by:] = values[:by]
    return out


class BlockSums:
    """Sums over the blocks and elements of one page."""

    def __init__(self, blocks: Blocks, coverage: Floats) -> None:
        self.blocks = blocks
        self.coverage = coverage
        self.words: Floats = np.array([len(words) for words in blocks.words], dtype=np.float64)
        self.mass = coverage * self.words
        elements = blocks.elements
        self.parent = np.array(elements.parent, dtype=np.int64)
        self.element: Ints = np.array(blocks.element, dtype=np.int64)
        self.up = self.parent[self.element]
        self.grand = self.parent[self.up]
        self.depth = np.array(elements.depth, dtype=np.int64)
        under = np.bincount(self.up, self.mass, minlength=len(self.parent))
        self.main = int(under.argmax())
        self._find_meeting_elements()

    def _find_meeting_elements(self) -> None:
        """For each element the nearest ancestor or self that `main` lies in."""
        on_path = {0}
        element = self.main
        while element:
            on_path.add(element)
            element = int(self.parent[element])
        meet = [0] * len(self.parent)
        for element, parent in enumerate(self.blocks.elements.parent):
            meet[element] = element if element in on_path else meet[parent]
        self.meeting = np.array(meet, dtype=np.int64)

    def other_blocks_coverage(self, group: Ints) -> Floats:
        """How much of the other blocks of a block's group the readers have; -1 where it is alone."""
        mass = np.bincount(group, self.mass)[group] - self.mass
        words = np.bincount(group, self.words)[group] - self.words
        return np.where(words > 0, mass / np.maximum(words, 1.0), -1.0)

    def same_class_features(self) -> tuple[Floats, Floats]:
        elements = self.blocks.elements
        keys = ((elements.tag[e], elements.name_groups[e], elements.depth[e]) for e in self.blocks.element)
        group = _group_numbers(keys)
        share = np.bincount(group, self.words)[group] / self.words.sum()
        return self.other_blocks_coverage(group), share

    def words_under_parent(self) -> tuple[Floats, Floats]:
        under = np.bincount(self.element, self.words, minlength=len(self.parent)).tolist()
        parents = self.blocks.elements.parent
        for element in range(len(parents) - 1, 0, -1):
            under[parents[element]] += under[element]
        words = np.array(under)[self.up]
        return words, words / self.words.sum()

    def path_to_main(self) -> tuple[Ints, Ints]:
        meeting = self.meeting[self.element]
        return self.depth[self.element] - self.depth[meeting], self.depth[self.main] - self.depth[meeting]

    def mass_before_and_after(self) -> tuple[Floats, Floats]:
        total = max(float(self.mass.sum()), 1e-9)
        so_far = np.cumsum(self.mass)
        return (so_far - self.mass) / total, (total - so_far) / total

    def duplicate_counts(self) -> Ints:
        group = _group_numbers(self.blocks.texts)
        return np.bincount(group)[group] - 1

    def names_below_main(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Whether an element between a block and main's path is named as a footer, or as hidden."""
        parents, masks, meeting = self.blocks.elements.parent, self.blocks.elements.name_groups, self.meeting
        names = [0] * len(parents)
        for element, parent in enumerate(parents):
            if meeting[element] != element:
                names[element] = names[parent] | masks[element]
        found = np.array(names, dtype=np.int64)[self.element]
        return (found & _FOOT_BIT) > 0, (found & _HIDDEN_BIT) > 0

    def strongest_name_group(self) -> Ints:
        """Which groups of names the block's own element belongs to, most telling first."""
        masks = np.array(self.blocks.elements.name_groups, dtype=np.int64)
        found = masks[self.element] | masks[self.up]
        out = np.zeros(len(found), dtype=np.int64)
        for rank, name in enumerate(_NAME_GROUPS_BY_RANK, 1):
            out[(found & GROUP_BITS[name]) > 0] = rank
        return out


_NAME_GROUPS_BY_RANK = (
    "content",
    "body",
    "lead",
    "title",
    "faq",
    "meta",
    "nav",
    "byline",
    "media",
    "ad",
    "related",
    "share",
    "newsletter",
    "comment",
)


def _group_numbers(keys: Iterable[Hashable]) -> Ints:
    seen: dict[Hashable, int] = {}
    return np.array([seen.setdefault(key, len(seen)) for key in keys], dtype=np.int64)


def _capital_share(text: str) -> float:
    return sum(map(str.isupper, text)) / len(text)


def _main_run(coverage: Floats, words: Floats) -> tuple[NDArray[np.bool_], Ints]:
    """The run of well-covered blocks with most words: who is in it, and how far the others are."""
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
