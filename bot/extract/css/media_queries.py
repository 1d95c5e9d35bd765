"""Evaluate media queries and container queries for a desktop screen."""

from __future__ import annotations

import re

_WIDTH, _HEIGHT = 1280.0, 800.0
_SIZES = {"width": _WIDTH, "height": _HEIGHT, "device-width": _WIDTH, "device-height": _HEIGHT}
_KEYWORDS = {
    "orientation": "landscape",
    "prefers-color-scheme": "light",
    "prefers-reduced-motion": "no-preference",
    "prefers-contrast": "no-preference",
    "hover": "hover",
    "any-hover": "hover",
    "pointer": "fine",
    "any-pointer": "fine",
    "scripting": "enabled",
    "update": "fast",
    "display-mode": "browser",
    "color": "",
}
_PIXELS = {"px": 1.0, "": 1.0, "em": 16.0, "rem": 16.0, "pt": 4 / 3, "cm": 37.8, "mm": 3.78, "in": 96.0}
_LENGTH = r"([\d.]+)\s*(px|r?em|pt|cm|mm|in|)"
_PLAIN = re.compile(rf"(min-|max-|)([a-z-]*(?:width|height))\s*:\s*{_LENGTH}")
_RANGE = re.compile(rf"(?:{_LENGTH}\s*(<=?|>=?)\s*)?([a-z-]*(?:width|height))(?:\s*(<=?|>=?|=)\s*{_LENGTH})?")
_FEATURE = re.compile(r"\(([^()]*)\)")
_MEDIUM = re.compile(r"(?:(?:only|not)\s+)?([a-z-]+)")
_CONTAINER_NAME = re.compile(r"(?!not\b)[\w-]+\s+(?=\(|not\b|style\()")
_MAX_CHARS = 500


def media_matches(query: str) -> bool:
    """Whether a list of media queries applies to a screen of 1280 × 800 pixels. An empty one always does.

    A query with an unknown feature does not apply.
    """
    query = query.strip().lower()[:_MAX_CHARS]
    return not query or any(_one_matches(one.strip()) for one in query.split(","))


def container_matches(condition: str) -> bool:
    """Whether the condition of `@container`, with or without a name, applies.

    Every container counts as being as large as the screen. A query for a style does not apply.
    """
    condition = _CONTAINER_NAME.sub("", condition.strip().lower()[:_MAX_CHARS])
    return bool(condition) and media_matches(condition.replace("inline-size", "width"))


def _one_matches(query: str) -> bool:
    negated = query.startswith("not ")
    medium = _MEDIUM.match(query)
    holds = medium is None or medium[1] in ("screen", "all", "not", "only")
    if holds:
        features = [_feature_holds(feature.strip()) for feature in _FEATURE.findall(query)]
        holds = any(features) if re.search(r"\)\s*or\b", query) else all(features)
    return holds is not negated


def _feature_holds(feature: str) -> bool:
    plain = _PLAIN.fullmatch(feature)
    if plain:
        prefix, name, number, unit = plain.groups()
        actual, limit = _SIZES.get(name), _pixels(number, unit)
        if actual is None or limit is None:
            return False
        return {"min-": actual >= limit, "max-": actual <= limit}.get(prefix, actual == limit)
    found = _RANGE.fullmatch(feature)
    if found and (found[3] or found[5]):
        return _range_holds(found)
    name, _, value = (part.strip() for part in feature.partition(":"))
    return name in _KEYWORDS and value in ("", _KEYWORDS[name])


def _range_holds(found: re.Match[str]) -> bool:
    low, low_unit, low_sign, name, high_sign, high, high_unit = found.groups()
    actual = _SIZES.get(name)
    if actual is None:
        return False
    sides: list[tuple[float | None, str, float | None]] = []
    if low_sign:
        sides.append((_pixels(low, low_unit), low_sign, actual))
    if high_sign:
        sides.append((actual, high_sign, _pixels(high, high_unit)))
    return all(_compare(left, sign, right) for left, sign, right in sides)


def _compare(left: float | None, sign: str, right: float | None) -> bool:
    if left is None or right is None:
        return False
    holds = {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}
    return holds.get(sign, left == right)


def _pixels(number: str, unit: str) -> float | None:
    try:
        return float(number) * _PIXELS[unit]
    except ValueError:
        return None
