"""Sums over the blocks of a page by element, parent, class and position: the input of `block_features`."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

import numpy as np
from numpy.typing import NDArray

from bot.extract.alignment import Floats
from bot.extract.blocks import Blocks
from bot.extract.class_names import GROUP_BITS

Ints = NDArray[np.int64]


class BlockSums:
    """Sums over the blocks and elements of one page.

    `coverage` is the share of each block that the reader has, 0 to 1. Arrays over elements have one value for
    each element of `blocks.elements`, arrays over blocks one for each block.
    """

    def __init__(self, blocks: Blocks, coverage: Floats) -> None:
        self.blocks = blocks
        self.coverage = coverage
        self.words = words_of(blocks)
        self.page_words = float(self.words.sum())
        self.mass = coverage * self.words
        elements = blocks.elements
        self.parents = np.array(elements.parent, dtype=np.int64)
        self.element: Ints = np.array(blocks.element, dtype=np.int64)
        self.parent = self.parents[self.element]
        self.grandparent = self.parents[self.parent]
        self.depth = np.array(elements.depth, dtype=np.int64)
        direct = np.bincount(self.parent, self.mass, minlength=len(self.parents))
        self.main = int(direct.argmax())
        """The parent of the blocks with most covered words."""
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

    def in_subtrees(self, values: Floats) -> Floats:
        """The sum of the values of the blocks inside each element, from one value for each block."""
        sums = np.bincount(self.element, values, minlength=len(self.parents)).tolist()
        parents = self.blocks.elements.parent
        for element in range(len(parents) - 1, 0, -1):
            sums[parents[element]] += sums[element]
        return np.array(sums)

    def other_blocks_mean(self, group: Ints, values: Floats) -> Floats:
        """The mean of `values` by words over the other blocks of each block's group; -1 if it has none."""
        mass = values * self.words
        rest = np.bincount(group, mass)[group] - mass
        words = np.bincount(group, self.words)[group] - self.words
        return np.where(words > 0, rest / np.maximum(words, 1.0), -1.0)

    def other_blocks_coverage(self, group: Ints) -> Floats:
        """Coverage of the other blocks of each block's group; -1 for a block that is alone in its group."""
        return self.other_blocks_mean(group, self.coverage)

    def share_of_page(self, group: Ints) -> Floats:
        """The share of the page's words that are in each block's group."""
        return np.asarray(np.bincount(group, self.words)[group] / self.page_words, dtype=np.float64)

    def name_groups(self) -> Ints:
        """A number for each block: the same for blocks with the same tag, depth and name groups."""
        elements = self.blocks.elements
        return _group_numbers(
            (elements.tag[e], elements.name_groups[e], elements.depth[e]) for e in self.blocks.element
        )

    def signatures(self) -> Ints:
        """A number for each block: the same for blocks with the same tag, class and class of the parent."""
        tag, names, parent = (
            self.blocks.elements.tag,
            self.blocks.elements.class_name,
            self.blocks.elements.parent,
        )
        return _group_numbers((tag[e], names[e], names[parent[e]]) for e in self.blocks.element)

    def path_to_main(self) -> tuple[Ints, Ints]:
        meeting = self.meeting_element[self.element]
        return self.depth[self.element] - self.depth[meeting], self.depth[self.main] - self.depth[meeting]

    def mass_before_and_after(self) -> tuple[Floats, Floats]:
        total = max(float(self.mass.sum()), 1e-9)
        so_far = np.cumsum(self.mass)
        return (so_far - self.mass) / total, (total - so_far) / total

    def same_texts(self) -> Ints:
        """The number of other blocks with the same text."""
        group = _group_numbers(self.blocks.texts)
        return np.asarray(np.bincount(group)[group] - 1, dtype=np.int64)

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


def words_of(blocks: Blocks) -> Floats:
    """The number of words of each block, at least 1; an estimate in scripts without spaces."""
    return np.maximum(np.array(blocks.word_counts(), dtype=np.float64), 1.0)


def _group_numbers(keys: Iterable[Hashable]) -> Ints:
    seen: dict[Hashable, int] = {}
    return np.array([seen.setdefault(key, len(seen)) for key in keys], dtype=np.int64)
