"""Dates are found in several languages and never guessed."""

import pytest

from bot.extract.publication_date import find_date


@pytest.mark.parametrize(
    "text",
    [
        "Published 2026-11-05 at noon",
        "November 5, 2026",
        "Thu, 5 Nov. 2026, 10:15 GMT",
        "5th November 2026",
        "5. November 2026",
        "le 5 novembre 2026",
        "5 de noviembre de 2026",
        "5 novembre 2026",
        "5 ноября 2026",
        "2026年11月5日",
        "05.11.2026",
        "on 45 Foo 2026, no: 5 November 2026",
    ],
)
def test_the_date_is_found(text: str) -> None:
    assert find_date(text) == "2026-11-05"


@pytest.mark.parametrize(
    "text", ["", "05/11/2026", "31 February 2026", "Nov 2026", "5 Foo 2026", "99.99.2026"]
)
def test_no_date_is_guessed(text: str) -> None:
    assert find_date(text) is None
