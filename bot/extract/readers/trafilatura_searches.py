"""The searches of trafilatura for elements that it keeps or removes, in a fraction of their time.

They take a third of its time: regular expressions on the attributes of all elements. Most paths are a list of
conditions on attributes, which `attribute_conditions` tests without XPath. In the others an attribute that an
element does not have is not searched, and results are kept, since most elements have an attribute that others
have too. `.//*` first lists all elements with their parents; `descendant::*` finds the same without
that list, unless a condition asks for the place of an element.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from importlib import import_module
from typing import Any

from lxml import etree
from lxml.html import HtmlElement
from trafilatura import xpaths
from trafilatura.xpaths import REGEXP_NS

from bot.extract.readers.attribute_conditions import attribute_conditions

_START = re.compile(r"(?:^|(?<=\|))\.//")
_PLACE = "[1]"
_ATTRIBUTE_TEST = re.compile(r"re:test\(@([\w-]+), ('[^']*'(?:, 'i')?)\)")
"""A test of an attribute. Without the attribute it fails: no pattern of trafilatura matches an empty text."""
_MAX_LENGTH = 400
"""Results for longer attributes are not kept: a page could fill the memory with them."""


def use_faster_searches() -> None:
    """Replace the searches in trafilatura's own lists, which it has no setting for."""
    for searches in (
        xpaths.BODY_XPATH,
        xpaths.OVERALL_DISCARD_XPATH,
        xpaths.PRECISION_DISCARD_XPATH,
        xpaths.TEASER_DISCARD_XPATH,
        xpaths.DISCARD_IMAGE_ELEMENTS,
        xpaths.RAW_TREE_PRUNE_XPATH,
        xpaths.REMOVE_COMMENTS_XPATH,
        xpaths.REMOVE_COMMENTS_AND_LISTS_XPATH,
    ):
        searches[:] = [FasterSearch(one.path) for one in searches]
    baseline: Any = import_module("trafilatura.baseline")  # the package has a function of this name
    baseline.BASIC_CLEAN_XPATH = FasterSearch(baseline.BASIC_CLEAN_XPATH.path)


class FasterSearch:
    """A search with the results of a path of trafilatura."""

    def __init__(self, path: str) -> None:
        self._in_xpath = _compiled(path)
        self.path = self._in_xpath.path
        self._conditions = attribute_conditions(path)
        self._needed_conditions = (
            None if "|.//" in path else attribute_conditions(_without_last_condition(path))
        )

    def __call__(self, tree: HtmlElement) -> list[HtmlElement]:
        if self._conditions is not None:
            return self._conditions.elements_in(tree)
        if self._needed_conditions is not None and not self._needed_conditions.elements_in(tree):
            return []
        return list(self._in_xpath(tree))


def _without_last_condition(path: str) -> str:
    """The path without the last of its brackets, which is true for all elements that are found."""
    return path[: path.rfind("][") + 1]


def _compiled(path: str) -> etree.XPath:
    path = _ATTRIBUTE_TEST.sub(r"@\1[re:test(., \2)]", path.strip())
    if _PLACE not in path:
        path = _START.sub("descendant::", path)
    return etree.XPath(
        path,
        namespaces={"re": REGEXP_NS},
        extensions={(REGEXP_NS, "test"): _test},
        regexp=False,
        smart_strings=False,
    )


def _test(_: object, values: Sequence[str], pattern: str, flags: str = "") -> bool:
    """The function `test` of EXSLT; `values` are those of an attribute, none or one."""
    text = values[0] if values else ""
    return _has(pattern, flags, text) if len(text) <= _MAX_LENGTH else _search(pattern, flags, text)


def _search(pattern: str, flags: str, text: str) -> bool:
    return re.search(pattern, text, re.IGNORECASE if "i" in flags else re.NOFLAG) is not None


_has = lru_cache(maxsize=16_384)(_search)
