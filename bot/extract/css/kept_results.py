"""Keep the results of functions of short texts: the style sheets of many pages have the same rules."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

_Result = TypeVar("_Result")
_MAX_LENGTH = 400
"""Results for longer texts are not kept: a page could fill the memory with them."""
_MAX_RESULTS = 4096


def keep_results(function: Callable[[str], _Result]) -> Callable[[str], _Result]:
    """Keep the results for the texts that were asked for last."""
    kept = lru_cache(maxsize=_MAX_RESULTS)(function)

    @wraps(function)
    def keeping(text: str) -> _Result:
        return kept(text) if len(text) <= _MAX_LENGTH else function(text)

    return keeping
