"""Features of where a block is in the page: its branch, the repeated structure around it, its heading.

The path of a page leads from its root to the element that holds most of the text (`BlockSums.main`). A
branch is the subtree of an element beside the path, for example a box or a sidebar. A run of like siblings
has elements with the same parent, tag and class, for example the cards of a grid.
"""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np

from bot.extract.alignment import Floats
from bot.extract.block_sums import BlockSums
from bot.extract.blocks import IN_HEADING
from bot.extract.class_names import GROUP_BITS

_CONTAINERS = ("aside", "article", "footer", "nav", "form", "table", "figure", "header", "details", "ul")
_NAMES = (
    "foot",
    "hidden",
    "comment",
    "related",
    "share",
    "newsletter",
    "media",
    "byline",
    "meta",
    "ad",
    "sidebar",
    "nav",
)
_TEXT_TAGS = frozenset({"p", "br", "hr", "tr", "td", "th", "tbody", "thead"})
"""Runs of these are text or a table, not cards."""
_FAR = 99

Features = dict[str, Floats]


class BlockStructure:
    """The structure of one page; each method returns one value for each block and feature."""

    def __init__(self, sums: BlockSums, link_share: Floats) -> None:
        self._sums = sums
        self._words = sums.in_subtrees(sums.words)
        self._mass = sums.in_subtrees(sums.mass)
        self._linked = sums.in_subtrees(link_share * sums.words)
        self._blocks = sums.in_subtrees(np.ones(len(sums.words)))

    def enclosing_features(self) -> Features:
        """Words, links and coverage in the elements around a block."""
        sums = self._sums
        element, parent, grandparent = sums.element, sums.parent, sums.grandparent
        above = sums.parents[grandparent]
        words, mass = self._words, self._mass
        return {
            "element_words": words[element],
            "parent_words": words[parent],
            "parent_share": words[parent] / sums.page_words,
            "grandparent_words": words[grandparent],
            "element_links": self._link_share(element),
            "parent_links": self._link_share(parent),
            "grandparent_links": self._link_share(grandparent),
            "parent_coverage": (mass[parent] - sums.mass) / np.maximum(words[parent] - sums.words, 1.0),
            "above_coverage": (mass[above] - sums.mass) / np.maximum(words[above] - sums.words, 1.0),
            "main_share": np.full(len(sums.words), words[sums.main] / sums.page_words),
        }

    def branch_features(self) -> Features:
        """The branch of a block: its size, links and coverage, and what elements and names are in between."""
        sums, elements = self._sums, self._sums.blocks.elements
        count = len(elements.tag)
        meeting = sums.meeting_element.tolist()
        branch, tags, names, depth = [0] * count, [0] * count, [0] * count, [0] * count
        for element, parent in enumerate(elements.parent):
            if meeting[element] != element:
                branch[element] = branch[parent] or element
                tags[element] = tags[parent] | _CONTAINER_BITS.get(elements.tag[element], 0)
                names[element] = names[parent] | elements.name_groups[element]
                depth[element] = depth[parent] + 1
        of = np.array(branch)[sums.element]
        outside = of == 0
        inside_tags, inside_names = np.array(tags)[sums.element], np.array(names)[sums.element]
        rest = np.maximum(self._words[of] - sums.words, 1.0)
        return {
            "branch_words": np.where(outside, -1.0, self._words[of]),
            "branch_share": np.where(outside, -1.0, self._words[of] / sums.page_words),
            "branch_links": np.where(outside, -1.0, self._link_share(of)),
            "branch_coverage": np.where(outside, -1.0, (self._mass[of] - sums.mass) / rest),
            "branch_blocks": np.where(outside, -1.0, self._blocks[of]),
            "branch_depth": np.array(depth, dtype=np.float64)[sums.element],
            **{f"in_{tag}": _flag(inside_tags, bit) for tag, bit in _CONTAINER_BITS.items()},
            **{f"{name}_names": _flag(inside_names, GROUP_BITS[name]) for name in _NAMES},
        }

    def repetition_features(self) -> Features:
        """The largest run of like siblings around a block: their number, words, links and coverage."""
        sums, elements = self._sums, self._sums.blocks.elements
        seen: dict[Hashable, int] = {}
        keys = zip(elements.parent, elements.tag, elements.class_name, strict=True)
        run = np.array([seen.setdefault(key, len(seen)) for key in keys])
        has_text = self._blocks > 0
        members = np.bincount(run, has_text)
        words, linked, mass = (np.bincount(run, part) for part in (self._words, self._linked, self._mass))
        blocks = np.bincount(run, self._blocks)
        sizes = np.where(has_text, members[run], 0.0).tolist()
        largest = [0] * len(sizes)
        for element, parent in enumerate(elements.parent):
            best = largest[parent]
            is_run = sizes[element] >= 2 and elements.tag[element] not in _TEXT_TAGS
            larger = is_run and (not best or sizes[element] >= sizes[best])
            largest[element] = element if larger else best
        of = np.array(largest)[sums.element]
        alone, group = of == 0, run[of]
        rest = np.maximum(words[group] - self._words[of], 1.0)
        many = np.maximum(members[group], 1.0)
        return {
            "run_size": np.where(alone, 0.0, members[group]),
            "run_words": np.where(alone, -1.0, words[group] / many),
            "run_blocks": np.where(alone, -1.0, blocks[group] / many),
            "run_links": np.where(alone, -1.0, linked[group] / np.maximum(words[group], 1.0)),
            "run_coverage": np.where(alone, -1.0, (mass[group] - self._mass[of]) / rest),
            "siblings": members[run[sums.element]],
        }

    def heading_features(self, link_share: Floats) -> Features:
        """The last heading before a block (or the block itself), and the next one."""
        blocks, sums = self._sums.blocks, self._sums
        count = len(blocks)
        place = np.arange(count)
        is_heading = np.array([blocks.context(i) & IN_HEADING > 0 for i in range(count)], dtype=np.bool_)
        last = np.maximum.accumulate(np.where(is_heading, place, -1))
        following = np.minimum.accumulate(np.where(is_heading, place, count)[::-1])[::-1]
        following = np.append(following[1:], count)
        level = np.array([_LEVELS.get(blocks.tag(i), 0) for i in range(count)], dtype=np.float64)
        none = last < 0
        return {
            "heading_distance": np.where(none, _FAR, np.minimum(place - last, _FAR)),
            "next_heading": np.minimum(following - place, _FAR).astype(np.float64),
            "heading_coverage": np.where(none, -1.0, sums.coverage[last]),
            "heading_words": np.where(none, -1.0, sums.words[last]),
            "heading_links": np.where(none, -1.0, link_share[last]),
            "heading_level": np.where(none, 0.0, level[last]),
        }

    def _link_share(self, elements: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Floats:
        return np.asarray(self._linked[elements] / np.maximum(self._words[elements], 1.0), dtype=np.float64)


def _flag(masks: np.ndarray[tuple[int], np.dtype[np.int64]], bit: int) -> Floats:
    return ((masks & bit) > 0).astype(np.float64)


_CONTAINER_BITS = {tag: 1 << number for number, tag in enumerate(_CONTAINERS)}
_LEVELS = {f"h{level}": level for level in range(1, 7)}
