"""Errors for a value that is not one of the possible ones, with the most similar one as a suggestion."""

from __future__ import annotations

import difflib
from collections.abc import Collection

from bot.core.errors import UserError

_MIN_LIKENESS = 0.6
_EQUALLY_LIKE = 0.05
"""Values whose likeness differs by less are both suggested."""
_MAX_SUGGESTIONS = 3


def unknown_value(message: str, given: str, known: Collection[str]) -> UserError:
    """The error `message`; its remedy suggests a value of `known`, or lists them if none is similar."""
    return UserError(message, suggestion(given, known) or f"Choose one of: {', '.join(known)}.")


def suggestion(given: str, known: Collection[str]) -> str:
    """`Did you mean …?` with the known values that are similar to the given one; "" if none is.

    A value is also similar if it begins with the given one, as `news@lemmy.example` with `news`.
    """
    word = given.strip().lower()
    likeness = {each: _likeness(word, each.lower()) for each in known}
    best = max(likeness.values(), default=0.0)
    if best < _MIN_LIKENESS:
        return ""
    near = [each for each, ratio in likeness.items() if ratio >= best - _EQUALLY_LIKE]
    return f"Did you mean {' or '.join(near[:_MAX_SUGGESTIONS])}?"


def _likeness(word: str, known: str) -> float:
    """0 to 1."""
    if word and known.startswith(word):
        return 1.0
    return difflib.SequenceMatcher(None, word, known).ratio()
