"""The language of a public page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.i18n.translations import LANGUAGES
from bot.web.moderator_form.languages import page_language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("en;q=0.3, fr;q=0.7", "fr"),
        ("ja, pt-BR;q=0.5", "pt"),
        ("nl;q=0, it;q=0.1", "it"),
        ("*", "en"),
        ("fr;q=x", "en"),
        ("fr;q=7, es;q=nan", "en"),
        ("ES", "es"),
    ],
)
def test_the_preferred_language(header: str, language: str) -> None:
    assert page_language("", header) == language


def test_the_parameter_wins() -> None:
    assert page_language("it", "de") == "it"
    assert page_language("tlh", "de") == "de"


@given(st.text(), st.text())
def test_any_header_has_a_language(parameter: str, header: str) -> None:
    assert page_language(parameter, header) in LANGUAGES
