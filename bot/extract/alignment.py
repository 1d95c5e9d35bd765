"""Align a reader's text with the words of the page, in order.

Each line of the text is looked up on the page by its runs of three words, and each hit is extended as far
as the words agree. Of all hits, the increasing chain that covers most words is kept (a heaviest increasing
subsequence, with a Fenwick tree), and also every hit with only one possible position.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from bot.extract.blocks import Blocks
from bot.extract.word_count import tokenize

_MAX_HITS = 60
_MAX_TIES = 12
_RUN_LENGTH = 3

Floats = NDArray[np.float64]


class _Hit(Struct, frozen=True):
    positions: tuple[int, ...]
    length: int


class PageIndex:
    """The words of a page, indexed by runs of three."""

    def __init__(self, blocks: Blocks) -> None:
        sizes = np.array([len(words) for words in blocks.words], dtype=np.int64)
        self._starts = np.concatenate(([0], np.cumsum(sizes)[:-1])) if len(sizes) else sizes
        self._sizes = sizes
        self._vocabulary: dict[str, int] = {}
        vocabulary = self._vocabulary
        self._ids = [vocabulary.setdefault(word, len(vocabulary)) for words in blocks.words for word in words]
        runs = self._to_runs(self._ids)
        self._order = np.argsort(runs, kind="stable")
        self._sorted_runs = runs[self._order]
        self._short_blocks: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for start, size in zip(self._starts.tolist(), sizes.tolist(), strict=True):
            if size < _RUN_LENGTH:
                self._short_blocks[tuple(self._ids[start : start + size])].append(start)

    def covered_words(self, text: str) -> NDArray[np.bool_]:
        """A mask over the words of the page: True for those that the text contains."""
        covered = np.zeros(len(self._ids), dtype=np.bool_)
        hits = self._find_hits(text)
        for position, length in _best_chain(hits, len(self._ids)):
            covered[position : position + length] = True
        for hit in hits:
            if len(hit.positions) == 1 and hit.length >= _RUN_LENGTH:
                covered[hit.positions[0] : hit.positions[0] + hit.length] = True
        return covered

    def block_coverage(self, covered: NDArray[np.bool_]) -> Floats:
        """The share of each block's words that is covered, 0 to 1."""
        if not len(self._sizes):
            return np.zeros(0)
        return np.add.reduceat(covered, self._starts, dtype=np.float64) / self._sizes

    def _to_runs(self, ids: list[int]) -> NDArray[np.int64]:
        array = np.array(ids, dtype=np.int64)
        if len(array) < _RUN_LENGTH:
            return np.zeros(0, dtype=np.int64)
        # three ids in one number: a page of 2 MB has fewer than 2^21 different words
        runs = (array[:-2] << 42) | (array[1:-1] << 21) | array[2:]
        runs[(array[:-2] < 0) | (array[1:-1] < 0) | (array[2:] < 0)] = -1
        return runs

    def _find_hits(self, text: str) -> list[_Hit]:
        get = self._vocabulary.get
        lines = [[get(word, -1) for word in tokenize(line)] for line in text.splitlines()]
        ids = [number for line in lines for number in line]
        runs = self._to_runs(ids)
        low = np.searchsorted(self._sorted_runs, runs, "left").tolist()
        high = np.searchsorted(self._sorted_runs, runs, "right").tolist()
        hits: list[_Hit] = []
        start = 0
        for line in lines:
            if len(line) < _RUN_LENGTH:
                positions = self._short_blocks.get(tuple(line)) if line else None
                if positions:
                    hits.append(_Hit(tuple(positions[:_MAX_TIES]), len(line)))
            else:
                self._match_line(ids, start, start + len(line), low, high, hits)
            start += len(line)
        return hits

    def _match_line(
        self, ids: list[int], at: int, end: int, low: list[int], high: list[int], hits: list[_Hit]
    ) -> None:
        while at <= end - _RUN_LENGTH:
            if low[at] == high[at]:
                at += 1
                continue
            best, ties = 0, []
            for position in self._order[low[at] : min(high[at], low[at] + _MAX_HITS)].tolist():
                length = self._match_length(ids, at, end, position)
                if length > best:
                    best, ties = length, [position]
                elif length == best:
                    ties.append(position)
            hits.append(_Hit(tuple(ties[:_MAX_TIES]), best))
            at += best

    def _match_length(self, ids: list[int], at: int, end: int, position: int) -> int:
        """How many words from `at` equal those of the page from `position`; at shortest three."""
        page = self._ids
        longest = min(end - at, len(page) - position)
        if ids[at : at + longest] == page[position : position + longest]:
            return longest
        shortest = _RUN_LENGTH
        while shortest < longest - 1:  # the first `shortest` words agree, the first `longest` do not
            middle = (shortest + longest) // 2
            if ids[at + shortest : at + middle] == page[position + shortest : position + middle]:
                shortest = middle
            else:
                longest = middle
        return shortest


def _best_chain(hits: list[_Hit], size: int) -> list[tuple[int, int]]:
    """Positions and lengths of the hits that follow each other on the page and cover most words."""
    chain, end = [], 0
    for hit in hits:  # in longest cases all hits are in order and nothing has to be compared
        position = next((position for position in hit.positions if position >= end), None)
        if position is None:
            return _heaviest_chain(hits, size)
        chain.append((position, hit.length))
        end = position + hit.length
    return chain


def _heaviest_chain(hits: list[_Hit], size: int) -> list[tuple[int, int]]:
    weights = [0] * (size + 2)  # Fenwick tree of prefix maxima over the end of a chain
    nodes = [-1] * (size + 2)
    links: list[tuple[int, int, int]] = []
    for hit in hits:
        found = []
        for position in hit.positions:
            weight, node = _prefix_maximum(weights, nodes, position + 1)
            found.append((weight + hit.length, node, position))
        for weight, node, position in found:
            links.append((position, hit.length, node))
            _update_maximum(weights, nodes, position + hit.length + 1, weight, len(links) - 1)
    _, node = _prefix_maximum(weights, nodes, size + 1)
    chain = []
    while node >= 0:
        position, length, node = links[node]
        chain.append((position, length))
    return chain[::-1]


def _prefix_maximum(weights: list[int], nodes: list[int], at: int) -> tuple[int, int]:
    weight, node = 0, -1
    while at > 0:
        if weights[at] > weight:
            weight, node = weights[at], nodes[at]
        at -= at & -at
    return weight, node


def _update_maximum(weights: list[int], nodes: list[int], at: int, weight: int, node: int) -> None:
    while at < len(weights):
        if weight > weights[at]:
            weights[at], nodes[at] = weight, node
        at += at & -at
