"""Raised characters are exponents, ordinals or marks of notes."""

from __future__ import annotations

import pytest

from bot.extract.documents.raised_text import lowered_text, raised_text


@pytest.mark.parametrize(
    ("text", "before", "written"),
    [
        ("2", "30 km", "²"),
        ("9", "10", "⁹"),
        ("-3", "10", "⁻³"),
        ("2", "x", "²"),
        ("3", "residents", ""),
        ("3", "in 2019", ""),
        ("12", "said.", ""),
        ("1,2", "said", ""),
        ("[4]", "said", ""),
        ("*", "Example", ""),
        ("a", "residents", ""),
        ("th", "19", "th"),
        ("e", "XIX", "e"),
    ],
)
def test_raised(text: str, before: str, written: str) -> None:
    assert raised_text(text, before) == written


def test_lowered() -> None:
    assert lowered_text("2") == "₂"
    assert lowered_text("max") == "max"
