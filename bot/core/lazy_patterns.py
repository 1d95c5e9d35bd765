"""Regular expressions that are compiled when they are first used.

Compiling the 180 patterns of the daemon takes a twentieth of its start, and most are for texts that come
later or never. What runs only in workers compiles its patterns at once: workers are copies of one process.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast

_ATTRIBUTES = (
    *("search", "match", "fullmatch", "findall", "finditer", "split", "sub", "subn", "scanner"),
    *("pattern", "flags", "groups", "groupindex"),
)


class _LazyPattern:
    """Has the attributes of the compiled pattern from the first use on."""

    def __init__(self, source: str | bytes, flags: int) -> None:
        self._source, self._flags = source, flags

    def __getattr__(self, name: str) -> Any:
        if name not in _ATTRIBUTES:
            raise AttributeError(name, name=name, obj=self)
        compiled = re.compile(self._source, self._flags)
        for each in _ATTRIBUTES:
            setattr(self, each, getattr(compiled, each))
        return getattr(compiled, name)


def lazy_pattern(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """As `re.compile`, except that an error in `pattern` is raised at the first use.

    The result has the methods and attributes of a pattern, but the functions of `re` do not take it.
    """
    return cast("re.Pattern[AnyStr]", _LazyPattern(pattern, flags))
