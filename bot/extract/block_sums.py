"""Sums over the blocks of a page by element, parent, class and position: the input of `block_features`."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

import numpy as np
from numpy.typing import NDArray

from bot.extract.alignment import Floats
from bot.extract.blocks import Blocks
from bot.extract.class_names import GROUP_BITS

Ints = NDArray[np.int64]

_FOOT_BIT = GROUP_BITS["foot"]
_HIDDEN_BIT = GROUP_BITS["hidden"]


class BlockSums:
    """Sums over the blocks and elements of one page."""

    def __init__(self, blocks: Blocks, coverage: Floats) -> None:
        self.blocks = blocks
        self.coverage = coverage
        self.words: Floats = np.array([len(words) for words in blocks.words], dtype=np.float64)
        self.mass = coverage * self.words
        elements = blocks.elements
        self.parents = np.array(elements.parent, dtype=np.int64)
        self.element: Ints = np.array(blocks.element, dtype=np.int64)
        self.parent = self.parents[self.element]
        self.grandparent = self.parents[self.parent]
        self.depth = np.array(elements.depth, dtype=np.int64)
        under = np.bincount(self.parent, self.mass, minlength=len(self.parents))
        self.main = int(under.argmax())
        self._find_meeting_elements()

    def _find_meeting_elements(self) -> None:
        """Find, for each element, the nearest ancestor (or itself) that contains `main`."""
        on_path = {0}
        element = self.main
        while element:
            on_path.add(element)
            element = int(self.parents[element])
        meet = [0] * len(self.parents)
        for element, parent in enumerate(self.blocks.elements.parent):
            meet[element] = element if element in on_path else meet[parent]
        self.meeting_element = np.array(meet, dtype=np.int64)

    def other_blocks_coverage(self, group: Ints) -> Floats:
        """Coverage of the other blocks of each block's group; -1 for a block that is alone in its group."""
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
        under = np.bincount(self.element, self.words, minlength=len(self.parents)).tolist()
        parents = self.blocks.elements.parent
        for element in range(len(parents) - 1, 0, -1):
            under[parents[element]] += under[element]
        words = np.array(under)[self.parent]
        return words, words / self.words.sum()

    def path_to_main(self) -> tuple[Ints, Ints]:
        meeting = self.meeting_element[self.element]
        return self.depth[self.element] - self.depth[meeting], self.depth[self.main] - self.depth[meeting]

    def mass_before_and_after(self) -> tuple[Floats, Floats]:
        total = max(float(self.mass.sum()), 1e-9)
        so_far = np.cumsum(self.mass)
        return (so_far - self.mass) / total, (total - so_far) / total

    def duplicate_counts(self) -> Ints:
        group = _group_numbers(self.blocks.texts)
        return np.bincount(group)[group] - 1

    def names_below_main(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Whether an element between a block and the path to `main` has a footer name, or a hidden name."""
        parents, masks, meeting = (
            self.blocks.elements.parent,
            self.blocks.elements.name_groups,
            self.meeting_element,
        )
        names = [0] * len(parents)
        for element, parent in enumerate(parents):
            if meeting[element] != element:
                names[element] = names[parent] | masks[element]
        found = np.array(names, dtype=np.int64)[self.element]
        return (found & _FOOT_BIT) > 0, (found & _HIDDEN_BIT) > 0

    def strongest_name_group(self) -> Ints:
        """Rank of the most informative name group of the block's element or its parent; 0 for none."""
        masks = np.array(self.blocks.elements.name_groups, dtype=np.int64)
        found = masks[self.element] | masks[self.parent]
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
