"""Replace custom properties by their values."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

_DEFINITION = re.compile(r"(--[^\s:;{}]+)\s*:\s*([^;{}]*)")
_VAR = re.compile(
    r"var\(\s*+(--[^\s,()]++)\s*+(?:,((?:[^()]|\((?:[^()]|\([^()]*+\))*+\))*+))?\)", re.IGNORECASE
)
_NAME = re.compile(r"var\(\s*(--[^\s,()]+)", re.IGNORECASE)
_IN_FUNCTION = re.compile(r"[\w-](?<!\bvar)\([^()]*var\(", re.IGNORECASE)
_MAX_VALUE = 2_000
_MAX_SUBSTITUTIONS = 16
_MAX_VARIANTS = 6
_MAX_PARTS = 60


def substitute(value: str, variables: Mapping[str, str]) -> str:
    """The value with custom properties replaced; an unknown one without a fallback gives an empty value."""
    for _ in range(_MAX_SUBSTITUTIONS):
        if "var(" not in value.lower():
            return value
        value = _VAR.sub(lambda found: variables.get(found[1], found[2] or "").strip(), value)
        if len(value) > _MAX_VALUE:
            return ""
    return ""


class PossibleValues:
    """All values that the declarations of a page give to its custom properties, wherever they apply."""

    def __init__(self, declarations: Iterable[str]) -> None:
        self._values: dict[str, list[str]] = defaultdict(list)
        self._choices: dict[int, Mapping[str, str]] = {}
        for text in declarations:
            if "--" in text:
                for name, value in _DEFINITION.findall(text):
                    if value not in self._values[name]:
                        self._values[name].append(value)

    def variants(self, declarations: str) -> Iterator[str] | None:
        """The declarations with the custom properties replaced in all ways; None if there are too many."""
        if "var(" not in declarations.lower():
            return iter((declarations,))
        names = [found[1] for found in _VAR.finditer(declarations)]
        number = max((len(self._values.get(name, ())) for name in names), default=0) + 1
        if number > _MAX_VARIANTS:
            return None
        return (substitute(declarations, self._choice(index)) for index in range(number))

    def parts(self, values: Iterable[str]) -> list[str] | None:
        """The values, and all values of the custom properties that they use, directly or not.

        None if these are not whole values, as in `rgb(var(--red), 0, 0)`, or too many.
        """
        found: dict[str, None] = dict.fromkeys(values)
        left = list(found)
        while left:
            value = left.pop()
            if "var(" not in value.lower():
                continue
            if _IN_FUNCTION.search(value) or len(found) > _MAX_PARTS:
                return None
            for name in _NAME.findall(value):
                new = [one for one in self._values.get(name, ()) if one not in found]
                found.update(dict.fromkeys(new))
                left += new
        return list(found)

    def _choice(self, index: int) -> Mapping[str, str]:
        """One value for each property that has one with this index; the others get their fallback."""
        if index not in self._choices:
            self._choices[index] = {
                name: values[index] for name, values in self._values.items() if index < len(values)
            }
        return self._choices[index]
