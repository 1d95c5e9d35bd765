"""Superscript and subscript characters."""

from __future__ import annotations

_RAISED = dict(zip("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ", strict=True))
_LOWERED = dict(zip("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎", strict=True))


def raised(text: str) -> str:
    """The text as an exponent: in superscript characters, or after "^" if it has others."""
    return _in_characters(text, _RAISED, "^")


def lowered(text: str) -> str:
    """The text as an index: in subscript characters, or as it is if it has others."""
    return _in_characters(text, _LOWERED, "")


def _in_characters(text: str, characters: dict[str, str], mark: str) -> str:
    text = text.strip().replace("–", "-")
    if text and all(character in characters for character in text):
        return "".join(characters[character] for character in text)
    return f"{mark}({text})" if mark and len(text) > 1 and not text.isalnum() else f"{mark}{text}"
