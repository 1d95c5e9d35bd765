"""The searches of trafilatura for elements that it keeps or removes, in half of their time.

They take a third of its time: regular expressions on the attributes of all elements. Here an attribute that
an element does not have is not searched, and results are kept, since most elements have an attribute that
others have too. `.//*` first lists all elements with their parents; `descendant::*` finds the same without
that list, unless a condition asks for the place of an element.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from importlib import import_module
from typing import Any

from lxml import etree
from trafilatura import xpaths
from trafilatura.xpaths import REGEXP_NS

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
        xpaths.RAW_TREE_PRUNE_XPATH,
        xpaths.REMOVE_COMMENTS_XPATH,
        xpaths.REMOVE_COMMENTS_AND_LISTS_XPATH,
    ):
        searches[:] = [faster_search(one.path) for one in searches]
    baseline: Any = import_module("trafilatura.baseline")  # the package has a function of this name
    baseline.BASIC_CLEAN_XPATH = faster_search(baseline.BASIC_CLEAN_XPATH.path)


def faster_search(path: str) -> etree.XPath:
    """A search with the results of a path of trafilatura."""
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
