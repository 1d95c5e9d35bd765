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
from bot.extract.class_names import BIT

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

_FOOT = BIT["foot"]
_HIDDEN = BIT["hidden"]
_FAR = 60
_GAP = 3
_ENDS = (".", "!", "?", "。", "！", "？", "।", "؟", "…", '"', "”", "»", "“", "’", "」", ":", ")")


@dataclass(frozen=True, slots=True)
class ReaderCoverage:
    """How much of each block the two readers have, and of the page's words how many they share."""

    precise: Floats
    resiliparse: Floats
    agreement: float
    """2·shared / sum, over the page's covered words."""
    ratio: float
    """Words of precise over those of resiliparse, at most 4."""


def first_stage_table(blocks: Blocks, shares: ReaderCoverage) -> Floats:
    """One row of `FIRST` for each block."""
    page = _Page(blocks, (shares.precise + shares.resiliparse) / 2)
    links = np.array(blocks.link_share)
    a = page.a
    inside = np.array([blocks.inside(i) for i in range(len(blocks))], dtype=np.int64)
    columns: list[NDArray[np.generic]] = [
        shares.precise,
        shares.resiliparse,
        shifted(a, -1),
        shifted(a, 1),
        *page.kin_by_class(),
        page.ratio(page.up),
        page.ratio(page.grand),
        *page.words_under_up(),
        *page.way_to_main(),
        *page.mass_around(),
        page.twins(),
        *_run(a, page.words),
        page.words,
        links,
        shifted(links, -1),
        shifted(links, 1),
        np.array([_capitals(text) for text in blocks.texts]),
        np.array([text.endswith(_ENDS) for text in blocks.texts]),
        np.array([TAG_CODE.get(blocks.tag(i), 0) for i in range(len(blocks))]),
        (inside & IN_HEADING) > 0,
        (inside & IN_ITEM) > 0,
        *page.names_below_main(),
        np.full(len(blocks), shares.ratio),
        np.full(len(blocks), shares.agreement),
        page.own_names(),
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


def candidate_blocks(shares: ReaderCoverage) -> NDArray[np.bool_]:
    """Blocks that a reader has a good part of, with three neighbours on either side."""
    seen = np.maximum(shares.precise, shares.resiliparse) >= 0.3
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


class _Page:
    """Sums over the blocks and elements of one page."""

    def __init__(self, blocks: Blocks, a: Floats) -> None:
        self.blocks = blocks
        self.a = a
        self.words: Floats = np.array([len(words) for words in blocks.words], dtype=np.float64)
        self.mass = a * self.words
        elements = blocks.elements
        self.parent = np.array(elements.parent, dtype=np.int64)
        self.own: Ints = np.array(blocks.element, dtype=np.int64)
        self.up = self.parent[self.own]
        self.grand = self.parent[self.up]
        self.depth = np.array(elements.depth, dtype=np.int64)
        under = np.bincount(self.up, self.mass, minlength=len(self.parent))
        self.main = int(under.argmax())
        self._meet()

    def _meet(self) -> None:
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

    def ratio(self, group: Ints) -> Floats:
        """How much of the other blocks of a block's group the readers have; -1 where it is alone."""
        mass = np.bincount(group, self.mass)[group] - self.mass
        words = np.bincount(group, self.words)[group] - self.words
        return np.where(words > 0, mass / np.maximum(words, 1.0), -1.0)

    def kin_by_class(self) -> tuple[Floats, Floats]:
        elements = self.blocks.elements
        keys = ((elements.tag[e], elements.mask[e], elements.depth[e]) for e in self.blocks.element)
        group = _numbered(keys)
        share = np.bincount(group, self.words)[group] / self.words.sum()
        return self.ratio(group), share

    def words_under_up(self) -> tuple[Floats, Floats]:
        under = np.bincount(self.own, self.words, minlength=len(self.parent)).tolist()
        parents = self.blocks.elements.parent
        for element in range(len(parents) - 1, 0, -1):
            under[parents[element]] += under[element]
        words = np.array(under)[self.up]
        return words, words / self.words.sum()

    def way_to_main(self) -> tuple[Ints, Ints]:
        meeting = self.meeting[self.own]
        return self.depth[self.own] - self.depth[meeting], self.depth[self.main] - self.depth[meeting]

    def mass_around(self) -> tuple[Floats, Floats]:
        total = max(float(self.mass.sum()), 1e-9)
        so_far = np.cumsum(self.mass)
        return (so_far - self.mass) / total, (total - so_far) / total

    def twins(self) -> Ints:
        group = _numbered(self.blocks.texts)
        return np.bincount(group)[group] - 1

    def names_below_main(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Whether an element between a block and main's path is named as a footer, or as hidden."""
        parents, masks, meeting = self.blocks.elements.parent, self.blocks.elements.mask, self.meeting
        names = [0] * len(parents)
        for element, parent in enumerate(parents):
            if meeting[element] != element:
                names[element] = names[parent] | masks[element]
        found = np.array(names, dtype=np.int64)[self.own]
        return (found & _FOOT) > 0, (found & _HIDDEN) > 0

    def own_names(self) -> Ints:
        """Which groups of names the block's own element belongs to, most telling first."""
        masks = np.array(self.blocks.elements.mask, dtype=np.int64)
        found = masks[self.own] | masks[self.up]
        out = np.zeros(len(found), dtype=np.int64)
        for rank, name in enumerate(_TELLING, 1):
            out[(found & BIT[name]) > 0] = rank
        return out


_TELLING = (
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


def _numbered(keys: Iterable[Hashable]) -> Ints:
    seen: dict[Hashable, int] = {}
    return np.array([seen.setdefault(key, len(seen)) for key in keys], dtype=np.int64)


def _capitals(text: str) -> float:
    return sum(map(str.isupper, text)) / len(text)


def _run(a: Floats, words: Floats) -> tuple[NDArray[np.bool_], Ints]:
    """The run of well-covered blocks with most words: who is in it, and how far the others are."""
    count = len(a)
    at = np.flatnonzero(a >= 0.5)
    if not len(at):
        return np.zeros(count, dtype=np.bool_), np.full(count, _FAR)
    pieces = np.split(at, np.flatnonzero(np.diff(at) > _GAP + 1) + 1)
    best = max(pieces, key=lambda piece: float(words[piece].sum()))
    position = np.arange(count)
    distance = np.where(
        position < best[0], position - best[0], np.where(position > best[-1], position - best[-1], 0)
    )
    return distance == 0, np.clip(distance, -_FAR, _FAR)
