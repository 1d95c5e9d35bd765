from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.percent_encoding import EscapeForm

FORM = EscapeForm()


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("/%7euser", "/~user"),
        ("/%61%2fb", "/a%2Fb"),
        ("/ä ö", "/%C3%A4%20%C3%B6"),
        ("/%c3%a4", "/%C3%A4"),
        ("/100%", "/100%"),
        ("/%zz", "/%zz"),
    ],
)
def test_escapes_have_one_form(text: str, form: str) -> None:
    assert FORM.of(text) == form


def test_more_characters_can_be_decoded() -> None:
    assert EscapeForm(frozenset(",")).of("%2C%3A") == ",%3A"


@given(st.text())
def test_a_text_in_this_form_stays_as_it_is(text: str) -> None:
    assert FORM.of(FORM.of(text)) == FORM.of(text)
